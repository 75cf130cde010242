"""What is kept of students, told in plain words, and how all of it is forgotten."""
