"""A quiz, from the model's function call to its tool outputs."""
