"""Makes quizzes on school mathematics, and problems similar to a given one."""
