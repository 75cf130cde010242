"""Decodes bytes to text: finds their encoding, or that they are no text."""

import codecs
import re
import unicodedata

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 16
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff\u2028\u2029]")
_DECLARED = re.compile(
    rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w-]+)""", re.IGNORECASE
)


class NotTextError(ValueError):
    """The bytes are not text in any encoding that people use."""


def decode(data: bytes) -> str:
    """The text of `data`: by its byte order mark, else as UTF-8, else as cp949, else by detection.

    Raises:
        NotTextError: it is binary.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if wide := _wide(data[:_SAMPLE]):
        return data.decode(wide, errors="replace")
    if _is_binary(data[:_SAMPLE]):
        raise NotTextError
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(data)


def decode_markup(data: bytes) -> str:
    """As `decode`, but first by the encoding that an HTML or XML file declares, if that fits."""
    if declared := _DECLARED.search(data[:4096]):
        name = (declared.group(1) or declared.group(2)).decode("ascii")
        try:
            return data.decode({"euc-kr": "cp949", "ks_c_5601-1987": "cp949"}.get(name.lower(), name))
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)


def tidy(text: str) -> str:
    """`text` with plain line ends, and without characters that no database can hold or page can show."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").replace("\xa0", " ")
    return re.sub(r"\n{4,}", "\n\n\n", _UNSTORABLE.sub("", unicodedata.normalize("NFC", text)))


def _decode_legacy(data: bytes) -> str:
    korean: str | None
    try:
        korean = data.decode("cp949")
    except UnicodeDecodeError:
        korean = None
    if korean is not None and _reads_as_korean(korean):
        return korean
    damaged = data.decode("utf-8", errors="replace")
    if damaged.count("\ufffd") * 50 < sum(not c.isascii() for c in damaged[:_SAMPLE]):
        return damaged
    from charset_normalizer import from_bytes  # noqa: PLC0415 - loaded in the rare case only

    best = from_bytes(data[:_SAMPLE], cp_exclusion=["cp949", "euc_kr", "johab"]).best()
    if best is not None:
        return data.decode(best.encoding, errors="replace")
    return korean if korean is not None else data.decode("cp949", errors="replace")


def _reads_as_korean(text: str) -> bool:
    """Whether most letters beyond ASCII are usual syllables (KS X 1001): other encodings' bytes give rare ones."""
    letters = [c for c in text[: _SAMPLE * 4] if not c.isascii() and c.isalpha()]
    usual = sum("가" <= c <= "힣" and _in_ks_x_1001(c) for c in letters)
    return usual >= 0.6 * len(letters)


def _in_ks_x_1001(character: str) -> bool:
    first, *rest = character.encode("cp949")
    return first >= 0xB0 and bool(rest) and rest[0] >= 0xA1


def _wide(sample: bytes) -> str | None:
    """The UTF-16 encoding of bytes without a mark, known by zeros in every other byte; None if it is none."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half >= 4 and odd > 0.3 * half and even < 0.02 * half:
        encoding = "utf-16-le"
    elif half >= 4 and even > 0.3 * half and odd < 0.02 * half:
        encoding = "utf-16-be"
    else:
        return None
    strange = sum(
        unicodedata.category(c) in {"Cc", "Cn", "Co", "Cs"} and c not in "\t\n\r\f" for c in _part(sample, encoding)
    )
    return encoding if strange * 200 < half else None


def _part(sample: bytes, encoding: str) -> str:
    return sample[: len(sample) // 2 * 2].decode(encoding, errors="replace")


def _is_binary(sample: bytes) -> bool:
    controls = len(_CONTROL.findall(sample))
    return b"\x00" in sample or controls * 200 > len(sample)
