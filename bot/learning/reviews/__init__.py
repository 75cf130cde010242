"""Reviews: cards that are due come back by FSRS, and missed questions can be practised."""
