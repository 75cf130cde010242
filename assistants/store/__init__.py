"""What the server must remember."""
