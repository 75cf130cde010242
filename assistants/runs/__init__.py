"""A run: its states, its execution, its prompt and its events."""
