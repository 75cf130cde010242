"""Cuts a message into lines of working: at line ends, arrows, and words such as `so` and `따라서`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_RELATION = re.compile(r"[=<>≤≥≠≈≒]|\\(?:le|ge|lt|gt|ne|approx)q?\b")
_LATEX_FRAME = re.compile(
    r"(?:\\left\s*\\\{\s*)?\\(?:begin|end)\s*\{[a-z]+\*?\}(?:\s*\{[lcr|\d\s]*\})?(?:\s*\\right\s*\.)?|\\\[|\\\]|\\\(|\\\)|\$+|`+"
)
_LATEX_LINE = re.compile(r"\\\\(?:\s*\[[^\]]*\]|(?![A-Za-z\[]))|\\newline\b|<br\s*/?>")
_ALIGNED = re.compile(r"&")
_ALIGNED_ALONE = re.compile(r"&+(?=\s*[=<>≤≥\\])|(?<=[=<>≤≥])\s*+&+")
_BESIDE = re.compile(r"\s&+\s")
_TEXT = re.compile(r"\\(?:text|mathrm|textrm|mbox)\s*\{([^{}]*)\}")
_ALWAYS = re.compile(
    r"⇒|⟹|⇔|⟺|➜|➡️?|∴|∵|<=>|==>|-->|=>(?=[^=<>\n]*[=<>≤≥])|\\(?:Rightarrow|Longrightarrow|implies|therefore|because|iff"
    r"|Leftrightarrow|Longleftrightarrow)\b"
)
_ARROW = re.compile(r"→|⟶|->|\\(?:to|rightarrow|longrightarrow)\b")
_LIMIT = re.compile(r"\blim|\\lim|극한")
_LINK = re.compile(
    r"\b(?:and\s+(?:so|then|get|thus)|so|then|thus|hence|therefore|gives?(?:\s+us)?|giving|(?:we|i|you)\s+(?:get|got|have|find)"
    r"|which\s+(?:is|means)|becomes?|means|implies|finally|next|now|after\s+that|equals)\b:?"
    r"|따라서|그러므로|그래서|그러면|그럼|그러니까|(?:이|하)?므로|이니까|고로|결국|그\s?다음(?:에)?|다음으로"
    r"|(?:나누|더하|곱하|이항하|정리하|전개하|인수\s?분해하|미분하|적분하|대입하|약분하|통분하|계산하|제곱하|묶으|풀|빼|구하|옮기|하)(?:면|여|고|어서|서)"
    r"|(?:나눠|더해|곱해|이항해|정리해|전개해|인수분해해|미분해|적분해|대입해|약분해|통분해|계산해|빼|풀어|옮겨)서?(?:\s?보면)?"
    r"|즉(?=[\s,])",
    re.IGNORECASE,
)
_DEFINES = re.compile(r"\b(?:let|put|set|substitut\w*|where)\b|치환|라\s?(?:하|두|놓)|로\s?(?:놓|두)", re.IGNORECASE)
_RESTRICTS = re.compile(
    r"\b(?:positive|negative|reject\w*|discard\w*|only|since|because|as|must|cannot|can'?t)\b|양수|음수|버[리려린림]|제외|적합|이므로|때문",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^\s*(?:\(?\d{1,2}[.)]\s+(?=[^\s+*/×÷^=<>])|\(\d{1,2}\)\s*(?=[A-Za-z\d\\(−=-])|[①-⑳]\s*|[•·▪◦‣]\s*|>\s+"
    r"|(?:step|line)\s*\d{1,2}\s*[.:)]?\s*|\d{1,2}\s*단계\s*[.:)]?\s*|[1-9]\uFE0F?\u20E3\s*)",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"^\s*(?:\*\*)?[(\[]?(?P<number>\d{1,2})[.):\]-](?:\*\*)?\s+")
_MARK = re.compile(r"(?<=\S)\s+(?:\((\d)\)|\[(\d)\])\s*$")
_COMBINED = re.compile(
    r"^\s*+(?:\d++\s*+)?(?:\(\d\)|[①-⑳])(?:\s*[-+−–]\s*+(?:\d++\s*+)?(?:\(\d\)|[①-⑳]))*\s*+(?:[×·*]\s*+\d++\s*+)?(?:식|에서|을|를|하면|\s)*+[:：]\s*+"
    r"|^\s*+(?:\d++\s*+)?(?:\(\d\)|[①-⑳])(?:\s*[-+−–]\s*+(?:\d++\s*+)?(?:\(\d\)|[①-⑳]))+\s*(?:을|를|에서)?\s*(?:하면)?\s*(?=[A-Za-z\d(−-])"
)
"""`① + ②:`, `(1) × 2:`: which equations a line is made of."""
_BULLET = re.compile(r"^\s*[-*+]\s+")
_TRAILING = re.compile(
    r"(?:(?<!\s)\s++)?+(?:(?:(?<!\.)\.{2,}+|…|⋯|(?<![-–—])[-–—]{2,}+)++\s*+(?:\(?\d{1,2}\)|[①-⑳ⓐ-ⓩ㉠-㉻])|[①-⑳ⓐ-ⓩ㉠-㉻]|[✓✔✅❌✗]|\\(?:cdots|dots)\s*+[①-⑳]?)\s*+$"
)
"""The number of an equation, `x + y = 3 --- (1)`. A run of spaces, dots or dashes is read from its beginning alone."""
_HEADING = re.compile(r"^[^=<>≤≥:\n]*[A-Za-z가-힣]{2}[^=<>≤≥:\n]*:\s*(?=\S)")
_COMMENT = re.compile(
    r"\s*(?://|#|←|<-|<--)\s*[A-Za-z가-힣].*$|\s\|\s*(?:[A-Za-z]{3}|[가-힣])[^=<>|]*$"
    r"|\s*\((?=[^()]*(?:(?<![\\A-Za-z])(?!sin|cos|tan|log|sqrt|arc|cot|sec|csc|alpha|beta|theta)[A-Za-z]{4}|[가-힣]{2}))"
    r"[^()\\]*\)\s*$"
)
_ASIDE = re.compile(r"(?<![\w\\^_)])\s*\((?=[^()\d=]*(?:[A-Za-z]{4}|[가-힣]{2}))[^()=\\]*\)\s+(?=\S)")
"""`(subtract 5)` between two equations."""
_BAR = re.compile(r"\s\|\s")
_SENTENCE = re.compile(r"(?<=[\w)}!?])\.\s+(?=\S)|(?<=[A-Za-z가-힣]{2})[?!。]\s*(?=\S)|(?<=[다요])\.\s*")
_OPERATION = re.compile(
    r"(?:(?<=[\d)}\]²³])|(?<=(?<![A-Za-z\\])[A-Za-z]))(?:\s{2,}|\s*\|\s*|\t+)[|(\[]?\s*(?:(?:[-+−–*×·÷:/]|\\div|\\times|\\cdot)\s*\(?\d+(?:[.,/]\d+)?[a-z]?\)?|[-+−–]\s*\d*[a-z]|√|\(\s*\)²|\^\s*2)\s*[|)\]]?\s*$"
)
"""What is to be done with both sides, as it is noted behind an equation: `2x + 6 = 14   | -6`."""
_BOTH_SIDES = re.compile(
    r"(?<!\s)\s++(?:[-+−–*×·÷:/]\s*+\(?\d++[a-z]?\)?\s++)?(?:(?:on|to|from)\s++)?(?:both|each)\s+sides?\b[^=<>]*$",
    re.IGNORECASE,
)
_LETTERED = re.compile(r"^\s*\(?(?P<letter>[a-h])[).]\s+")
_GIVEN = re.compile(
    r"^\s*(?:when|if|for|at|where|with|put|given)\s+(?P<given>[a-zA-Z]\s*=\s*[^:=<>]{1,20}?)\s*[:,]\s+(?=\S.*[=])",
    re.IGNORECASE,
)
"""`When x = 2: x^2 + 3x = 10`."""
_SET = re.compile(r"\\?\{\s*[a-z]\s*(?:\||:|\\mid\b)\s*(?P<condition>[^{}]+?)\\?\}")
_CONTINUES = re.compile(r"^\s*(?:=(?!=)|≈|≒|\\approx\b)\s*")
_END = re.compile(r"[\s.,;。]+$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a message that may be a line of working."""

    text: str
    continues: bool = False
    """It began with `=`, which is taken off."""
    defines: bool = False
    """Its words introduce a letter."""
    restricted: bool = False
    """Its words say why some solutions are left out."""


def pieces_of(text: str) -> Iterator[Piece]:
    """The pieces of a message, without numbers, bullets, frames of LaTeX and comments."""
    latex = "\\begin" in text or "\\\\" in text
    text = _LATEX_LINE.sub("\n", text)
    text = _TEXT.sub(r" \1 ", text)
    text = _LATEX_FRAME.sub("\n" if "\\begin" in text else " ", text)
    text = _ALIGNED.sub(" ", text) if latex else _BESIDE.sub(" and ", _ALIGNED_ALONE.sub(" ", text))
    lines = [line for line in text.splitlines() if line.strip()]
    if _is_numbered(lines):
        lines = [_COUNTED.sub("", line) for line in lines]
    elif _is_lettered(lines):
        lines = [_LETTERED.sub("", line) for line in lines]
    lines = _without_marks(lines)
    bulleted = sum(bool(_BULLET.match(line)) for line in lines) > 1
    for line in lines:
        yield from _of_line(line, bulleted=bulleted)


def _without_marks(lines: list[str]) -> list[str]:
    """The lines without the numbers behind them by which equations are named: `x + y = 5 (1)`."""
    marks = [int(found[1] or found[2]) for line in lines if (found := _MARK.search(line))]
    return [_MARK.sub("", line) for line in lines] if marks[:2] == [1, 2] else lines


def _is_numbered(lines: list[str]) -> bool:
    """Whether some lines are numbered from 1 on, one after the other."""
    numbers = [int(found["number"]) for line in lines if (found := _COUNTED.match(line))]
    return len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1))


def _is_lettered(lines: list[str]) -> bool:
    """Whether all lines are lettered from a on: `a) 2x = 8`."""
    letters = [found["letter"] for line in lines if (found := _LETTERED.match(line))]
    return len(letters) == len(lines) > 1 and "".join(letters) == "abcdefgh"[: len(lines)]


def _of_line(line: str, *, bulleted: bool) -> Iterator[Piece]:
    defines = bool(_DEFINES.search(line))
    line = _SET.sub(r" \g<condition> ", line)
    if given := _GIVEN.match(line):
        yield Piece(given["given"])
        line = line[given.end() :]
    restricted = bool(_RESTRICTS.search(line))
    if bulleted:
        line = _BULLET.sub("", line)
    line = _TRAILING.sub("", _NUMBER.sub("", _COMBINED.sub("", line)))
    line = line.replace("\\quad", "   ").replace("\\qquad", "   ")
    parts = _BAR.split(line)
    if len(parts) == 1 or not all(map(has_relation, parts)):
        parts = [line]
    pieces = [piece for part in parts for aside in _ASIDE.split(part) for piece in _ALWAYS.split(aside)]
    if not _LIMIT.search(line):
        pieces = [part for piece in pieces for part in _ARROW.split(piece)]
    for piece in pieces:
        for sentence in _SENTENCE.split(piece):
            for part in _LINK.split(sentence):
                cleaned = _NUMBER.sub("", _HEADING.sub("", part.strip(" ,;")))
                cleaned = _END.sub("", _without_comment(cleaned))
                continues = _CONTINUES.match(cleaned)
                if continues:
                    cleaned = cleaned[continues.end() :]
                if cleaned:
                    yield Piece(cleaned, bool(continues), defines, restricted)


def _without_comment(text: str) -> str:
    shorter = _COMMENT.sub("", text)
    if has_relation(text):
        shorter = _OPERATION.sub("", _BOTH_SIDES.sub("", shorter))
    return shorter if shorter.strip() else text


def has_relation(text: str) -> bool:
    """Whether a text has a sign such as `=` or `≤` in it."""
    return bool(_RELATION.search(text))
