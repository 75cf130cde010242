"""Assistants, threads, messages, runs, files and vector stores as files: imported, and exported again."""
