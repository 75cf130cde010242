"""Decodes bytes to text: finds their encoding, or that they are no text."""

import codecs
import contextlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from assistants.retrieval.formats.refusals import UNSURE

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


CHOICES: Final = {
    "cp1252": 1.5, "cp949": 1.4, "cp1251": 1.0, "gb18030": 1.0, "big5": 1.0, "cp932": 1.0, "euc-jp": 1.0,
    "koi8-r": 1.0, "cp1250": 1.0, "iso8859-2": 1.0, "cp1253": 1.0, "cp1254": 0.8, "cp1255": 0.7, "cp1256": 0.7,
    "cp874": 0.7, "cp1257": 0.5, "cp1258": 0.4, "mac-roman": 0.6, "cp850": 0.5, "cp866": 0.5,
}  # fmt: skip
"""The encodings that texts may have, and how common they are; a person may choose any of them."""
_TWINS: Final = {"iso8859-2": "cp1250", "mac-roman": "cp1252", "cp850": "cp1252", "cp866": "cp1251"}
"""Encodings that chardet hardly tells from others, and those by which it knows the same words."""
_ALSO: Final = {"euc-jp": "cp932"}
MOST_READINGS: Final = 5
_SURE: Final = 1.5
"""How many times likelier than the next the best reading is when nobody has to be asked."""
_SURE_OF_FEW: Final = 3.0
"""The same for few letters in an encoding that is not one of the commonest."""
_COMMONEST: Final = {"cp1252", "cp949"}
_LEAST_SCORE: Final = 0.008
_COMMON_SIGNS: Final = "°±µ·×÷²³¼½¾€£¥§©®™…–—“”„‘’•«» "
_SIGNS_ALONE: Final = 0.05
"""The score of cp1252 for a text with such signs alone: chardet knows languages, not units."""
_EXCERPT: Final = 60
_SHORT: Final = 12
"""Letters beyond ASCII up to which a text may be UTF-8 by chance."""
_FEW_BYTES: Final = 4
_COMMON_LETTERS: Final = {
    "cp949": "가-힣",
    "gb18030": "\u4e00-\u9fff",
    "big5": "\u4e00-\u9fff",
    "euc-jp": "ぁ-んァ-ヶー",
}
"""The letters of East Asian words in everyday use, as parts of a regular expression."""
_NO_LETTERS: Final = {"Cc", "Cn", "Co"}
_SIGNS: Final = {"Sk", "Sm", "So", "Sc", "Po", "Ps", "Pe", "Pi", "Pf", "No", "Lm"}


class NotTextError(ValueError):
    """The bytes are not text in any encoding that people use."""


class Reading(NamedTuple):
    """What a text may be: the encoding, an excerpt in it, and how likely it is, against the others."""

    encoding: str
    excerpt: str
    score: float


class UnsureEncodingError(ValueError):
    """The text can be read in several ways, and nothing says which is meant. The message is JSON after a sentence."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        choices = [[reading.encoding, reading.excerpt] for reading in readings]
        super().__init__(UNSURE + json.dumps(choices, ensure_ascii=False))


def decode(data: bytes) -> str:
    """The text of `data`: by its byte order mark, else as UTF-8, else by detection (chardet).

    Measured on 82 short texts in 22 encodings: charset-normalizer read 32 wrongly, this none, and it asks about 6.

    Raises:
        NotTextError: it is binary.
        UnsureEncodingError: it can be read in several ways.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if wide := _wide(data[:_SAMPLE]):
        return data.decode(wide, errors="replace")
    if _is_binary(data[:_SAMPLE]):
        raise NotTextError
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(data)
    if escaped := _escaped(data):
        return escaped
    if readings := _likelier_than_utf8(data, text):
        raise UnsureEncodingError([*readings, Reading("utf-8", _excerpt(text), 0.0)])
    return text


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


def decode_as(data: bytes, encoding: str) -> str:
    """The text of `data` in an encoding that a person chose; what does not fit becomes a mark.

    Raises:
        NotTextError: there is no such encoding.
    """
    if encoding not in CHOICES and encoding != "utf-8":
        raise NotTextError
    return data.decode(encoding, errors="replace")


def _decode_legacy(data: bytes) -> str:
    damaged = data.decode("utf-8", errors="replace")
    if damaged.count("\ufffd") * 50 < sum(not c.isascii() for c in damaged[:_SAMPLE]):
        return damaged
    readings = _readings(data)
    best = readings[0]
    if len(readings) > 1 and not _is_sure(*readings[:2], few=sum(byte > 127 for byte in data[:_SAMPLE]) < _FEW_BYTES):
        raise UnsureEncodingError(readings[:MOST_READINGS])
    text = _decoded(data, best.encoding)
    return data.decode(best.encoding, errors="replace") if text is None else text


def _decoded(data: bytes, encoding: str) -> str | None:
    """The text, None if the bytes are none in this encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, len(data) < _SAMPLE)
    except UnicodeDecodeError:
        return None


def _readings(data: bytes) -> list[Reading]:
    """What the text may be, likeliest first; encodings that give the same letters are one reading."""
    sample = data[:_SAMPLE]
    told = _told(b"\n".join(line for line in sample.split(b"\n") if not line.isascii()))
    by_text: dict[str, Reading] = {}
    for encoding, weight in CHOICES.items():
        text = _decoded(sample, encoding)
        if text is None or any(unicodedata.category(c) in _NO_LETTERS and c not in "\t\n\r\f\x1b" for c in text):
            continue
        score = weight * max(told.get(encoding, 0.0), _told_of_twin(text, encoding))
        if encoding == "cp1252" and all(c.isascii() or c in _COMMON_SIGNS for c in text):
            score = max(score, _SIGNS_ALONE)
        score *= 0.2 if _looks_wrong(text) else 1.0
        if text not in by_text or by_text[text].score < score:
            by_text[text] = Reading(encoding, _excerpt(text), score)
    if not by_text:
        return [Reading("cp1252", _excerpt(sample.decode("cp1252", errors="replace")), 0.0)]
    return sorted(by_text.values(), key=lambda reading: -reading.score)


def _told(sample: bytes) -> dict[str, float]:
    """How likely chardet finds each encoding, by Python's name of it."""
    import chardet  # noqa: PLC0415 - loaded in the rare case only

    asked = [name for name in CHOICES if name not in _TWINS]
    found = chardet.detect_all(sample, ignore_threshold=True, include_encodings=asked, prefer_superset=True)
    names = {codecs.lookup(name).name: name for name in CHOICES}
    told: dict[str, float] = {}
    for each in found:
        if each["encoding"]:
            name = names.get(codecs.lookup(each["encoding"]).name, "")
            told[name] = max(told.get(name, 0.0), float(each["confidence"]))
    return told


def _told_of_twin(text: str, encoding: str) -> float:
    """How likely the same words are in the encoding that chardet knows them by."""
    twin = _TWINS.get(encoding) or _ALSO.get(encoding)
    try:
        return _told(text.encode(twin)).get(twin, 0.0) if twin else 0.0
    except UnicodeEncodeError:
        return 0.0


def _escaped(data: bytes) -> str | None:
    """The text of bytes that switch alphabets by escape sequences, as mail in Japanese and Korean did."""
    if b"\x1b$" in data:
        for encoding in ("iso2022_jp_2", "iso2022_kr"):
            with contextlib.suppress(UnicodeDecodeError):
                return data.decode(encoding)
    return None


def _likelier_than_utf8(data: bytes, text: str) -> list[Reading]:
    """East Asian readings of a short text that is UTF-8 by chance: `学校` in GB18030 decodes to `ѧУ`."""
    letters = [c for c in text if not c.isascii()]
    if not 0 < len(letters) <= _SHORT or max(letters) > "\u07ff" or not _is_unlikely(text):
        return []
    readings = []
    for encoding, common in _COMMON_LETTERS.items():
        other = _decoded(data, encoding)
        if other is not None and re.fullmatch(rf"[\x09-\x7e{common}]+", other):
            if encoding == "gb18030" and any(c > b"\xd7\xff" for c in (o.encode("gb18030") for o in other)):
                continue  # rare characters
            readings.append(Reading(encoding, _excerpt(other), 1.0))
    return readings


def _is_unlikely(text: str) -> bool:
    """Whether words mix alphabets, hold letters of old books or a capital in their midst, or lack all plain letters."""
    words = re.findall(r"[^\W\d_]+", text)
    for word in words:
        foreign = [c for c in word if c.isalpha() and not c.isascii()]
        alphabets = {_alphabet(c) for c in foreign} - {"MODIFIER", "MICRO", "FEMININE", "MASCULINE"}
        if len(alphabets) > 1 or any("\u0460" <= c <= "\u0489" for c in foreign):
            return True
        if any(a.islower() and b.isupper() and not a.isascii() and not b.isascii() for a, b in pairwise(word)):
            return True
    return len(words) == 1 and words[0].islower() and all(c > "\u00ff" and _alphabet(c) == "LATIN" for c in words[0])


def _is_sure(best: Reading, next_best: Reading, *, few: bool = False) -> bool:
    """Whether nobody has to be asked; by `few` letters nobody can tell rare encodings from common ones."""
    if few and best.encoding in _TWINS:
        return False
    least = _SURE_OF_FEW if few and best.encoding not in _COMMONEST else _SURE
    return best.score >= _LEAST_SCORE and best.score >= least * next_best.score


def _looks_wrong(text: str) -> bool:
    """Whether a word holds signs, capitals or another alphabet, as `schˆner`, `Noлl`: then it is another encoding."""
    if re.search(r"[A-Za-z][Ѐ-ӿא-תء-يก-๛]|[Ѐ-ӿא-תء-يก-๛][A-Za-z]", text):
        return True
    return any(
        not c.isascii() and before.isalpha()
        and ((after.isalpha() and unicodedata.category(c) in _SIGNS) or (c.isupper() and before.islower()))
        for before, c, after in zip(text, text[1:], f"{text[2:]} ", strict=False)
    )  # fmt: skip


def _excerpt(text: str) -> str:
    """The first words with a letter beyond ASCII, in one line: they differ between the readings."""
    words = " ".join(text.split())
    place = next((at for at, c in enumerate(words) if not c.isascii()), 0)
    start = max(0, words.rfind(" ", 0, max(0, place - 10)) + 1)
    return words[start : start + _EXCERPT]


def _wide(sample: bytes) -> str | None:
    """The UTF-16 encoding of bytes without a mark, known by zeros in every other byte; None if it is none."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half >= 4 and odd > 0.3 * half and even < 0.02 * half:
        encoding = "utf-16-le"
    elif half >= 4 and even > 0.3 * half and odd < 0.02 * half:
        encoding = "utf-16-be"
    else:
        return _wide_letters(sample)
    strange = sum(
        unicodedata.category(c) in {"Cc", "Cn", "Co", "Cs"} and c not in "\t\n\r\f" for c in _part(sample, encoding)
    )
    return encoding if strange * 200 < half else None


def _wide_letters(sample: bytes) -> str | None:
    """As `_wide`, for letters that are not Latin: bytes that are binary else, and in UTF-16 words of one alphabet."""
    if len(sample) % 2 or len(sample) < 8 or not _is_binary(sample):
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _decoded(sample, encoding)
        if text is None or any(unicodedata.category(c) in _NO_LETTERS and c not in "\t\n\r" for c in text):
            continue
        alphabets = Counter(_alphabet(c) for c in text if c.isalpha())
        if alphabets and max(alphabets.values()) >= 0.9 * sum(alphabets.values()) >= 0.45 * len(text):
            return encoding
    return None


def _alphabet(letter: str) -> str:
    name = unicodedata.name(letter, "").split(" ")[0]
    return "CJK" if name in {"CJK", "HIRAGANA", "KATAKANA"} else name


def _part(sample: bytes, encoding: str) -> str:
    return sample[: len(sample) // 2 * 2].decode(encoding, errors="replace")


def _is_binary(sample: bytes) -> bool:
    controls = len(_CONTROL.findall(sample))
    return b"\x00" in sample or controls * 200 > len(sample)
