"""What client and service say to one another over the Unix socket.

A message is a frame as worker processes have them (`workers/child_main.py`), with descriptors of open files beside it.
Each side waits for the answer before it sends the next one; the end is told unasked.

client -> service  ["hello", protocol, key]                                    may there be programs?
                   ["start", protocol, key, program, variables, folders, memory]   + stdin, stdout, stderr
                   ["lend", name] + the file, ["drop", name], ["take"] + the file to be written
                   (the end of the connection: kill it)
service -> client  ["welcome"], ["started", pid, folder of files], ["done"], ["failed", number of the error]
                   ["refused", why], ["no sandbox", why]
                   ["ended", exit code, limit]
"""

import array
import os
import socket
from collections.abc import Sequence
from typing import Any, Final

from workers.child_main import HEADER, pack, unpack

PROTOCOL: Final = 1
MOST_DESCRIPTORS: Final = 3
LARGEST: Final = 1 << 20
KEY_ENDING: Final = ".key"
"""Of the file beside the socket whose content clients must know. Programs in the sandbox could connect to the socket,
which Landlock does not forbid, but they cannot read the file."""


class MessageError(Exception):
    """What came is no message."""


def encode(*parts: Any) -> bytes:
    """A message's bytes."""
    body = pack(list(parts))
    return HEADER.pack(len(body)) + body


def send(connection: socket.socket, message: bytes, descriptors: Sequence[int] = ()) -> None:
    """Send a message, with descriptors; raises OSError."""
    beside = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
    sent = connection.sendmsg([message], beside)
    if sent < len(message):  # to send nothing fails too when the other side has read all and hung up
        connection.sendall(message[sent:])


def receive(connection: socket.socket) -> tuple[list[Any], list[int]] | None:
    """The next message with its descriptors, which are the caller's to close; None at the connection's end.

    Raises:
        MessageError: it is none.
        OSError: the connection broke, or took too long.
    """
    data, descriptors = bytearray(), list[int]()
    try:
        while (wanted := _missing(data)) > 0:
            piece, new, _, _ = socket.recv_fds(connection, wanted, MOST_DESCRIPTORS)
            descriptors += new
            if not piece:
                if data:
                    raise MessageError("it breaks off")
                return None
            data += piece
        try:
            message = unpack(bytes(data[HEADER.size :]))
        except Exception as error:
            raise MessageError("it cannot be read") from error
        if not isinstance(message, list) or not message:
            raise MessageError("it is no list")
    except BaseException:
        for descriptor in descriptors:
            os.close(descriptor)
        raise
    return message, descriptors


def _missing(data: bytearray) -> int:
    """How many bytes of a message are still to come."""
    if len(data) < HEADER.size:
        return HEADER.size - len(data)
    (size,) = HEADER.unpack(data[: HEADER.size])
    if size > LARGEST:
        raise MessageError("it is too long")
    return int(HEADER.size + size - len(data))
