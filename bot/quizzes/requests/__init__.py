"""How quizzes are asked for, and by whom how often."""
