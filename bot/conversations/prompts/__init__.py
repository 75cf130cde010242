"""What the model reads: the instructions, messages as it gets them, and who speaks in them."""
