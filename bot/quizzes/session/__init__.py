"""A quiz's session: a state machine with its events, and what is reckoned from its state."""
