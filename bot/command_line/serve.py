"""`saem serve`: the Assistants server alone."""


def serve() -> int:
    """Serve until told to stop; the exit code."""
    from assistants.__main__ import main  # noqa: PLC0415 - only this command needs it

    return main()
