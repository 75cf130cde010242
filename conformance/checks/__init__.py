"""The checks: a file for each resource, one for streams, one for errors."""
