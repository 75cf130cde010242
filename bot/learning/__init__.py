"""What a student keeps: results, cards that come back, and reminders of them."""
