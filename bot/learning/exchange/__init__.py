"""Cards that leave Saem as a file, and files of cards that become decks."""
