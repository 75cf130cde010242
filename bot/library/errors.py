"""What can go wrong with a file on its way into the library."""


class FileFailedError(Exception):
    """The file cannot be downloaded, uploaded or indexed.

    `reason` is a key of `sentences.REASONS`, or what the Assistants server says of the file.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class VectorStoreLostError(Exception):
    """The Assistants server no longer knows the guild's vector store."""
