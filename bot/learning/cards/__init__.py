"""Flash cards that the model makes: its function, the message that shows them, and what a student keeps of them."""
