"""Tells solutions in words, in English and Korean."""
