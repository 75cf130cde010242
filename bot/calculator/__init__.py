"""The calculator of every model: functions that Saem answers by itself, computed in worker processes."""
