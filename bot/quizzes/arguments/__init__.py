"""What a call of the function holds: read, understood, checked."""
