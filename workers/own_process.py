"""What keeps this process's secrets from programs of the same user: from workers outside a sandbox above all."""

import ctypes
import os
import sys
from collections.abc import Iterable
from typing import Final

SET_DUMPABLE: Final = 4
"""`PR_SET_DUMPABLE` (https://man7.org/linux/man-pages/man2/PR_SET_DUMPABLE.2const.html)."""


def keep_memory_private() -> None:
    """Let no process of the same user read this one's memory, or the environment that it was started with.

    Linux alone. Root reads everything all the same, and core dumps are not made any more.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SET_DUMPABLE, 0, 0, 0, 0)


def take_from_environment(names: Iterable[str]) -> None:
    """Forget these variables of the environment, in whatever case, so that no program that is started gets them."""
    unwanted = {name.upper() for name in names}
    for name in list(os.environ):
        if name.upper() in unwanted:
            del os.environ[name]
