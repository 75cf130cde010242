r"""Prepares RTF for its conversion: raised and lowered letters would be lost in it.

Word writes `{\super 3}` or `{\super\f1 3}`, in groups that hold no others.
"""

import re

from assistants.retrieval.formats.plain_maths import lowered, raised

_GROUP = re.compile(rb"\{((?:\\\*?[a-z]+-?\d*)*)\\(super|sub)(?![a-z])((?:\\[a-z]+-?\d*)*) ?([^{}\\]{1,200})\}")


def prepared(data: bytes) -> bytes:
    """The document with its raised and lowered letters as `10^3` and `x_n`."""
    return _GROUP.sub(_shifted, data)


def _shifted(group: re.Match[bytes]) -> bytes:
    text = group[4].decode("latin-1")
    shifted = raised(text) if group[2] == b"super" else lowered(text)
    # Without its group, beside which the conversion puts blanks. Letters beyond ASCII as RTF has them: \uc0 says that
    # nothing stands in their place for old programs.
    return "".join(c if c.isascii() else f"\\uc0\\u{ord(c)} " for c in shifted).encode()
