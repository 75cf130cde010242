"""Reads school's word problems of one step: which formula they need, what is given, and what is asked for."""
