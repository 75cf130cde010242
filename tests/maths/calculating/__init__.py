"""Tests of what models may have computed."""
