"""What is stored of quizzes."""
