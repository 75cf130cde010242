"""Help that teaches: the hint ladder, the guide mode, and the final answer held back until the exercise is done."""
