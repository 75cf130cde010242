"""Checks a student's own working line by line, and names the slip in the first line that does not follow."""
