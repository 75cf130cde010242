"""What Discord accepts, and how it says what it does not."""
