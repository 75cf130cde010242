"""Ids of assistants, threads, messages and all other resources, such as `thread_` and 24 letters and digits."""

import secrets

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

ID_LENGTH = 24
ID_BITS = 160
"""Bits of the one random number that an id is made of: more than 24 letters and digits hold, so that all are about as
likely."""

PREFIXES = {
    "assistant": "asst_",
    "thread": "thread_",
    "message": "msg_",
    "run": "run_",
    "step": "step_",
    "file": "file-",
    "vector store": "vs_",
    "file batch": "vsfb_",
}
"""How a resource's ids begin, by the noun that error messages use."""


def new_id(noun: str) -> str:
    """A new id for the resource `noun`."""
    number, letters = secrets.randbits(ID_BITS), []
    for _ in range(ID_LENGTH):
        number, index = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[index])
    return PREFIXES[noun] + "".join(letters)
