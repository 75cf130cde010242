"""What exists in a playground, kept in a file from one start to the next."""
