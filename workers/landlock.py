"""Landlock: what a process and its children may do from now on, without rights of root and without namespaces.

https://docs.kernel.org/userspace-api/landlock.html. What is not named is refused. A process cannot trace, or read the
memory and environment of, another that is not as restricted as itself; with scopes it can send those no signals and
reach no abstract sockets of theirs either. Nothing takes a restriction back.
"""

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Iterable
from typing import Final

NEEDED: Final = 6
"""The version of Landlock's interface that has scopes (Linux 6.12)."""
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
"""Numbers of system calls, equal on all processors."""
VERSION: Final = 1
PATH_BENEATH: Final = 1
NO_NEW_PRIVILEGES: Final = 38

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
MAKE_DEVICES: Final = 1 << 6 | 1 << 11
TRUNCATE, IOCTL_DEVICE = 1 << 14, 1 << 15
ALL: Final = (1 << 16) - 1
OF_FILES: Final = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEVICE
"""The rights that a rule for a plain file may name."""
READ: Final = EXECUTE | READ_FILE | READ_DIR
USE: Final = ALL & ~MAKE_DEVICES & ~EXECUTE & ~IOCTL_DEVICE
"""Everything in a folder of its own but devices and programs."""
CHANGE: Final = READ_FILE | WRITE_FILE | TRUNCATE
BIND_AND_CONNECT: Final = 3
"""TCP; there are no rules that allow a port."""
SIGNALS_AND_ABSTRACT_SOCKETS: Final = 3


def version() -> int:
    """The version of Landlock's interface here; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_libc().syscall(CREATE_RULESET, None, ctypes.c_size_t(0), VERSION)))


def keep_to_itself() -> None:
    """Signals and abstract sockets reach only this process's own children from now on.

    Raises:
        OSError: the kernel refuses.
    """
    _restrict(0, 0, ())


def confine(
    *, readable: Iterable[str], listable: Iterable[str], usable: Iterable[str], changeable: Iterable[str]
) -> None:
    """Allow no file and no TCP from now on but these: paths to read, folders whose names and whose folders' names may
    be read, folders to use, files to change.

    Raises:
        OSError: the kernel refuses, or a path is not there.
    """
    rules = [(path, READ) for path in readable]
    rules += [(path, READ_DIR) for path in listable]
    rules += [(path, USE) for path in usable]
    rules += [(path, CHANGE) for path in changeable]
    _restrict(ALL, BIND_AND_CONNECT, rules)


def _restrict(files: int, network: int, rules: Iterable[tuple[str, int]]) -> None:
    libc = _libc()
    attributes = struct.pack("=QQQ", files, network, SIGNALS_AND_ABSTRACT_SOCKETS)
    ruleset = _checked(libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0))
    try:
        for path, rights in rules:
            _add(libc, ruleset, path, rights)
        _checked(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
        _checked(libc.syscall(RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _add(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        allowed = rights if stat.S_ISDIR(os.fstat(descriptor).st_mode) else rights & OF_FILES
        rule = struct.pack("=Qi", allowed, descriptor)
        _checked(libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, rule, 0))
    finally:
        os.close(descriptor)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
