"""Tests of the reader of function arguments."""
