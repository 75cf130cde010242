"""The Assistants client side of the tutor."""
