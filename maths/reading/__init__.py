"""Reads what people type: from a message to the problems in it, as trees."""
