"""What goes wrong with a database."""


class StoreError(Exception):
    """The database cannot be opened; the message is one sentence for the owner."""
