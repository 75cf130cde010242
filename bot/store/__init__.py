"""What the bot must remember."""
