"""Runs: how they are created, executed in tasks, written, streamed and ended."""
