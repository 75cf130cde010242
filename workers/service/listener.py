"""`saem interpreter SOCKET`: listens on a Unix socket, and starts a supervisor for each client.

It runs in a container without network that nothing else runs in (`docker-compose.yml`). It holds no secret but the key
that its clients must know, which is made anew at every start.
"""

import contextlib
import gc
import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from workers.own_process import keep_memory_private
from workers.service.confinement import why_none
from workers.service.messages import KEY_ENDING, encode, send
from workers.service.supervisor import supervise

MOST: Final = 16
"""Programs at once."""


class ListenError(Exception):
    """The service cannot begin; the message says why."""


def serve(path: Path) -> None:
    """Listen until the process is ended.

    Raises:
        ListenError: the socket cannot be made there.
    """
    keep_memory_private()
    key = secrets.token_urlsafe(32)
    with _listen(path, key) as listener:
        why = why_none()
        print(  # noqa: T201 - this is its log
            f"The interpreter listens on {path}." if not why else f"The interpreter starts nothing: {why}.",
            flush=True,
        )
        gc.freeze()
        children, ended = set[int](), set[int]()
        signal.signal(signal.SIGCHLD, lambda *_: ended.update(_reaped()))
        while True:
            connection, _ = listener.accept()
            children -= ended
            ended.clear()
            if len(children) >= MOST:
                _turn_away(connection)
                continue
            children.add(_forked(listener, connection, key))


def _listen(path: Path, key: str) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o077)
    try:
        with open(os.open(f"{path}{KEY_ENDING}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(key)
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        listener.listen(64)
    except OSError as error:
        listener.close()
        raise ListenError(f"{path} cannot be listened on: {error.strerror or error}") from error
    finally:
        os.umask(mask)
    return listener


def _forked(listener: socket.socket, connection: socket.socket, key: str) -> int:
    with connection:
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            supervise(connection, key)
            code = 0
        except ConnectionError:  # the client has gone
            code = 0
        except Exception as error:  # noqa: BLE001 - a process without anybody to raise to
            print(f"A supervisor failed: {type(error).__name__}: {error}", file=sys.stderr, flush=True)  # noqa: T201
        finally:
            os._exit(code)


def _reaped() -> Iterator[int]:
    """Let the children go that have ended; their ids."""
    with contextlib.suppress(ChildProcessError):
        while child := os.waitpid(-1, os.WNOHANG)[0]:
            yield child


def _turn_away(connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        send(connection, encode("refused", f"it runs {MOST} programs already"))
