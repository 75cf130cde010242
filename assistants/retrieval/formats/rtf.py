r"""Prepares RTF for its conversion: raised and lowered letters would be lost in it.

Word writes `{\super 3}` or `{\super\f1 3}`, in groups that hold no others.
"""

import re

from assistants.retrieval.formats.plain_maths import lowered, raised

_GROUP = re.compile(rb"\{((?:\\\*?[a-z]+-?\d*)*)\\(super|sub)(?![a-z])((?:\\[a-z]+-?\d*)*) ?([^{}\\]{1,200})\}")


_TOKEN = re.compile(
    rb"(?P<brace>[{}])|\\uc(?P<fallbacks>\d{1,2}) ?|\\u(?P<letter>-?\d{1,5}) ?|(?P<word>\\[a-z]+-?\d* ?)"
    rb"|(?P<character>\\'[0-9a-fA-F]{2}|\\[^a-z]|[^{}\\\r\n])|[\r\n]+|\\",
    re.DOTALL,
)


def prepared(data: bytes) -> bytes:
    """The document with its raised and lowered letters as `10^3` and `x_n`, and each letter once."""
    return _GROUP.sub(_shifted, _without_fallbacks(data))


def _without_fallbacks(data: bytes) -> bytes:
    r"""Leave out what stands behind `\u54617` for programs that know no Unicode: the conversion would show both."""
    if not re.search(rb"\\u-?\d", data):
        return data
    out, counts, left = [], [1], 0
    for token in _TOKEN.finditer(data):
        if token["character"] and left:
            left -= 1
            continue
        if token["brace"]:
            left = 0
            if token["brace"] == b"{":
                counts.append(counts[-1])
            elif len(counts) > 1:
                counts.pop()
        elif token["fallbacks"]:
            counts[-1] = int(token["fallbacks"])
            continue
        elif token["letter"]:
            left = counts[-1]
            out.append(b"\\uc0\\u%d " % int(token["letter"]))
            continue
        out.append(token[0])
    return b"".join(out)


def _shifted(group: re.Match[bytes]) -> bytes:
    text = group[4].decode("latin-1")
    shifted = raised(text) if group[2] == b"super" else lowered(text)
    # Without its group, beside which the conversion puts blanks. Letters beyond ASCII as RTF has them: \uc0 says that
    # nothing stands in their place for old programs.
    return "".join(c if c.isascii() else f"\\uc0\\u{ord(c)} " for c in shifted).encode()
