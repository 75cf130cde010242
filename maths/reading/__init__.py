"""What people type, as terms: from a message to the problems in it."""
