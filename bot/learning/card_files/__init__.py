"""Files of cards: Anki packages and CSV, written and read in worker processes, and what is exchanged with them."""
