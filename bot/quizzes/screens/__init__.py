"""What people see of a quiz, and the buttons that they press."""
