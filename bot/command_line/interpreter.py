"""`saem interpreter SOCKET`: the sandbox as a service, for the container beside the bot's."""

import sys
from pathlib import Path


def interpreter(path: Path) -> int:
    """Serve until the process is ended; 1 after a sentence where that cannot be."""
    if sys.platform != "linux":
        print("saem: The interpreter service needs Linux.", file=sys.stderr)
        return 1
    from workers.service.listener import ListenError, serve  # noqa: PLC0415 - Linux's alone

    try:
        serve(path)
    except ListenError as error:
        print(f"saem: {error}.", file=sys.stderr)
    except KeyboardInterrupt:
        return 0
    return 1
