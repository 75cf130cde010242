"""The entry point of the console script `saem`."""

import signal


def main() -> int:
    """Run the command line; the exit code."""
    # Loading everything takes a second or two; without this, Ctrl+C would print a traceback meanwhile.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bot.__main__ import main as command_line  # noqa: PLC0415

    return command_line()
