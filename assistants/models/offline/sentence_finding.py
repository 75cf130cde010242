"""Finds the sentences of a text: where one ends and the next begins, and what is only a heading or a caption."""

import re
from typing import Final

_WRAPPED: Final = 55
"""A line of at least so many characters that does not end a sentence goes on in the next line."""
_END: Final = re.compile(r"(?:[.!?…。！？]+[\"”’')\]』」]*)(?=\s+|$)|(?<=[。！？])")
_NEVER_LAST: Final = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "mx",
        "dr",
        "prof",
        "st",
        "gen",
        "sen",
        "rep",
        "rev",
        "capt",
        "col",
        "lt",
        "sgt",
        "hon",
        "messrs",
        "mme",
        "fr",
        "no",
        "nos",
        "fig",
        "figs",
        "eq",
        "eqs",
        "vol",
        "vols",
        "ch",
        "chap",
        "sec",
        "art",
        "pp",
        "p",
        "cf",
        "vs",
        "viz",
        "e.g",
        "i.e",
        "eg",
        "ie",
        "approx",
        "ca",
        "al",
        "resp",
        "ed",
        "eds",
        "trans",
        "mt",
        "ft",
        "dept",
        "est",
        "tel",
        "ext",
        "min",
        "max",
        "op",
        "u.s",
    ]
)
"""Abbreviations that stand before what they belong to: `Ms. Lee`, `No. 5`, `e.g. water`."""
_MAYBE_LAST: Final = frozenset(
    ["etc", "inc", "ltd", "co", "corp", "jr", "sr", "a.m", "p.m", "u.k", "e.u", "ph.d", "m.d", "b.c", "a.d"]
)
"""Abbreviations that may end a sentence, if the next word begins with a capital."""
_CAPTION: Final = re.compile(
    r"^\W*(?:figure|fig|table|chart|photo|picture|image|box|source|graph|diagram|plate|exhibit|appendix|chapter|section|unit|lesson|part|page)\.?"
    r"\s*(?:\d|[IVX]+\b|[A-Z]\b)|^\W*(?:그림|표|사진|도표|자료|부록|출처|차트)\s*[\d<\[:]|^\W*제?\s*\d+\s*(?:장|절|과|편|부|단원)\b|^\W*[<〈\[](?:그림|표|사진)",
    re.IGNORECASE,
)
_VERBS: Final = re.compile(
    r"\b(?:is|are|was|were|be|been|am|has|have|had|do|does|did|can|could|will|would|shall|should|may|might|must|lies?|lay|made?|makes|takes?|took|"
    r"gives?|gave|goes|went|comes?|came|gets?|got|runs?|ran|grows?|grew|holds?|held|keeps?|kept|knows?|knew|leads?|led|means?|meant|needs?|says?|said|"
    r"sees?|saw|seems?|shows?|stands?|stood|uses?|became|becomes?|began|begins?|contains?|covers?|consists?|depends?|describes?|ends?|equals?|falls?|fell|"
    r"feeds?|finds?|found|flows?|forms?|helps?|happens?|includes?|keeps|lives?|lost|loses?|meets?|moves?|occurs?|opens?|closes?|produces?|provides?|reaches|"
    r"rises?|rose|sells?|sold|sends?|sent|serves?|starts?|stops?|turns?|wins?|won|works?|writes?|wrote|changes?|carr(?:y|ies)|builds?|built|buys?|bought|"
    r"breaks?|broke|brings?|brought|absorbs?|releases?|converts?|stores?|eats?|ate|drinks?|drank|sleeps?|orbits?|rotates?|measures?|weighs?|costs?|lasts?)\b"
    r"|\b[a-z]{3,}(?:ed|ises|izes|ifies)\b"
)
_KOREAN_END: Final = re.compile(r"(?:다|요|죠|까|오|자|라|네|군|지|음|임|함|됨|것)[.!?。…\"”’')\]]*$")
_KOREAN_SUBJECT: Final = re.compile(r"[가-힣\dA-Za-z)](?:은|는|이|가|께서|에서는|에는|도)\s")


def sentences_of(text: str) -> list[str]:
    """The sentences and other lines of a text, in their order, without the marks of lists and headings."""
    found = []
    for line in _unwrapped(text):
        if line.lstrip().startswith("#"):
            continue
        found += [piece for one in split(line) if len(piece := one.strip(" \t-*#|>•·")) > 1]
    return found


def split(line: str) -> list[str]:
    """A line cut where a sentence ends: not behind `Ms.`, `e.g.`, `No.`, an initial or the number of a list."""
    pieces, start = [], 0
    for end in _END.finditer(line):
        if _goes_on(line[start : end.start() + 1], line[end.end() :]):
            continue
        pieces.append(line[start : end.end()])
        start = end.end()
    pieces.append(line[start:])
    return [piece.strip() for piece in pieces if piece.strip()]


def _goes_on(said: str, rest: str) -> bool:
    """Whether a sentence goes on behind the full stop at the end of `said`."""
    following = rest.lstrip()
    if not said.endswith(".") or not following:
        return False
    word = re.search(r"([^\s(\[\"“‘']+)\.$", said)
    last = word[1].lower() if word else ""
    first = following[0]
    if last in _NEVER_LAST or re.fullmatch(r"[a-z]", last):
        return True
    if last in _MAYBE_LAST or re.fullmatch(r"(?:[a-z]\.)+[a-z]", last):
        return not (first.isupper() or "가" <= first <= "힣")
    if re.fullmatch(r"\d+|[a-z가-힣]", last) and said.strip() == f"{word[1] if word else ''}.":
        return True  # the number of a list
    if last.isdigit() and first.isdigit():
        return True  # a date: `2026. 3. 5.`
    return first.islower() and first.isascii()


def is_sentence(text: str) -> bool:
    """Whether a text is a whole sentence, with a subject and a verb, and no heading, caption or row of a table."""
    plain = text.strip()
    if _CAPTION.search(plain) or plain.endswith((":", ",", ";")) or plain.count("|") > 1 or "\t" in plain:
        return False
    if re.search(r"[가-힣]", plain):
        return bool(_KOREAN_END.search(plain)) and len(plain.split()) > 1 and bool(_KOREAN_SUBJECT.search(plain))
    words = re.findall(r"[A-Za-z][A-Za-z'’-]*", plain)
    titled = sum(word[0].isupper() for word in words)
    ends = bool(re.search(r"[.!?…][\"”’')\]]*$", plain))
    return ends and len(words) >= 4 and titled <= max(2, len(words) * 0.6) and bool(_VERBS.search(plain))


def is_heading(text: str) -> bool:
    """Whether a text only names what follows: a title, a caption, a line without a verb and without a value."""
    plain = text.strip()
    words = re.findall(r"[A-Za-z][A-Za-z'’-]*", plain)
    told = _VERBS.search(plain) is not None and sum(word[0].isupper() for word in words) <= len(words) * 0.6
    if is_sentence(plain) or (told and not _CAPTION.search(plain)):
        return False
    return bool(_CAPTION.search(plain)) or not re.search(r"\d|[:|=]|[.!?。]$", plain)


def _unwrapped(text: str) -> list[str]:
    """The lines of a text; lines that were broken because of their length are joined."""
    lines: list[str] = []
    broken = False
    for line in text.splitlines():
        special = re.match(r"[-*#|>•]|\d+[.)]\s", line)
        if broken and not special:
            lines[-1] += f" {line}"
        else:
            lines.append(line)
        abbreviated = re.search(r"\b(?:Mr|Mrs|Ms|Dr|Prof|No|Fig|e\.g|i\.e|St|vs)\.$", line)
        broken = len(line) >= _WRAPPED and (
            bool(abbreviated) or not line.endswith((".", "!", "?", "。", ":", "|", "”", '"'))
        )
    return lines
