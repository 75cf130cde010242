"""Reads a list of exercises: `(1) 2x = 6 (2) 3x = 12`, `a) … b) …`, `Q1: …`, `가. …`, `①②③`, bullets; no factors."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

MAX_ITEMS: Final = 60
"""The exercises of one message that are read."""
SHORTEST = 2
"""A list has at least so many exercises."""

_ROMAN: Final = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_SYLLABLES: Final = "가나다라마바사아자차카타파하"
_CONSONANTS: Final = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_RINGS: Final = (
    "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟",
    "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "❶❷❸❹❺❻❼❽❾❿",
    "➀➁➂➃➄➅➆➇➈➉",
    "㉠㉡㉢㉣㉤㉥㉦㉧㉨㉩㉪㉫㉬㉭",
    "㉮㉯㉰㉱㉲㉳㉴㉵㉶㉷㉸㉹㉺㉻",
    "ⓐⓑⓒⓓⓔⓕⓖⓗⓘⓙⓚⓛⓜⓝⓞⓟⓠⓡⓢⓣⓤⓥⓦⓧⓨⓩ",
)
_NUMBERS: Final = frozenset({"ring0", "ring1", "ring2", "ring3"})
_RING: Final = {sign: (f"ring{row}", place) for row, signs in enumerate(_RINGS) for place, sign in enumerate(signs, 1)}
_WORD: Final = r"(?:Question|Problem|Exercise|Item|Part|Ex|No|Q|문제|문항|문|물음|과제)"
_LABEL: Final = r"\d{1,2}|[a-zA-Z]|[ivx]{1,4}|[IVX]{1,4}|[가-하]|[ㄱ-ㅎ]"
_MARKER: Final = re.compile(
    rf"(?P<ring>[{''.join(_RING)}])[.):]?"
    rf"|(?P<word>{_WORD})[ \t]*[.#]?[ \t]*(?:\((?P<asked1>\d{{1,2}})\)|(?P<asked2>\d{{1,2}}))"
    r"[ \t]*(?:[.):](?!\d)|(?=\s))"
    rf"|\*\*\(?(?P<bold>\d{{1,2}})[.)]{{1,2}}\*\*"
    rf"|\((?P<round>{_LABEL})\)\.?"
    rf"|\[(?P<square>\d{{1,2}})\]"
    r"|#(?P<hash>\d{1,2})[.):]?(?=\s)"
    r"|(?P<numbered>\d{1,2})번[.):]?(?=\s)"
    rf"|(?P<open>{_LABEL})\)"
    rf"|(?P<dotted>{_LABEL})[.．](?!\d)"
    r"|(?P<lined>\d{1,2})[:\]>](?=\s)"
    r"|(?P<emoji>\d)\ufe0f?\u20e3",
    re.IGNORECASE,
)
_BULLET: Final = re.compile(r"^[ \t]*(?:[-*+–—•·▪◦‣○●]|>)[ \t]+(?=\S)", re.MULTILINE)
_BEFORE: Final = re.compile(r"(?:^|[\s,;:.、，；：。?!)\]}\"'”’>$|~]|\\[)\]])$")
_OPERATOR_BEFORE: Final = re.compile(
    r"(?:[-+*/×÷·^=<>≤≥≠(\[{√∫±,]|\\(?:times|cdot|div|frac|sqrt|le|ge|left)"
    r"|\b(?:of|and|by|from|to|at|in|than|equations?|eqs?|step))\s*$",
    re.IGNORECASE,
)
_OPERATOR_BEHIND: Final = re.compile(
    r"\s*+(?:[+*/×÷·^=<>≤≥]|\\(?:times|cdot|div)|(?:와|과|을|를|은|는|에서|의|and|or)\b)"
)
_SENTENCE_END: Final = re.compile(r"[.?!:]\s*$|\n\s*$")
_DELIMITED: Final = re.compile(r"(?:\\\(|\$)\s*(\(\w{1,2}\)|\w{1,2}[.)])\s*(?:\\\)|\$|\\[ ,;:])?")
"""`$(1)$`, `\\((1)\\)`: a number of an exercise that is set as a formula."""
_ENUMERATE: Final = re.compile(r"\\(?:begin|end)\s*\{(?:enumerate|itemize)\}(?:\[[^\]\n]*\])?")
_GLUED: Final = re.compile(r"\((\d{1,2})\)")
_RELATION: Final = re.compile(r"<=|>=|[=<>≤≥≠]")
_GAP: Final = re.compile(r"[\s,;.、，；:：]*")


@dataclass(frozen=True, slots=True)
class Item:
    """An exercise of a list: its number as it was written, such as `3` or `b`, and its text."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ExerciseList:
    """The exercises of a list, and the words before the first one, which may hold what all ask for."""

    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class _Marker:
    """A place in the text that may be an exercise's number."""

    style: str
    value: int
    label: str
    start: int
    end: int
    at_line: bool
    spaced: bool


def read_list(text: str) -> ExerciseList | None:
    """The list of exercises in a text; None if it has none with at least two exercises."""
    text = _DELIMITED.sub(r" \1 ", _ENUMERATE.sub("\n", text))
    text = re.sub(r"\\item\b", "\n- ", text)
    return _numbered(text) or _glued(text) or _bulleted(text)


def _numbered(text: str) -> ExerciseList | None:
    markers = list(_markers(text))
    runs = [
        run
        for allowed in (_starts_line, _stands_alone, _any)
        for style in dict.fromkeys(marker.style for marker in markers)
        if len(run := _longest_run(text, [one for one in markers if one.style == style and allowed(one)])) >= SHORTEST
    ]
    if not runs:
        return None
    best = max(runs, key=lambda run: (run[0].start == min(one[0].start for one in runs), len(run)))
    return _cut(text, best)


def _glued(text: str) -> ExerciseList | None:
    """`(1)2x=6(2)3x=12`: numbers that touch their neighbours, where each exercise has its own sign of relation."""
    found = list(_GLUED.finditer(text))
    if (
        len(found) < SHORTEST
        or text[: found[0].start()].strip()
        or [int(one[1]) for one in found] != [*range(1, len(found) + 1)]
    ):
        return None
    ends = [match.start() for match in found[1:]] + [len(text)]
    items = tuple(Item(one[1], text[one.end() : end].strip()) for one, end in zip(found, ends, strict=True))
    each = all(len(_RELATION.findall(one.text)) == 1 and not one.text.endswith("=") for one in items)
    return ExerciseList("", items) if each else None


def _cut(text: str, run: list[_Marker]) -> ExerciseList:
    ends = [marker.start for marker in run[1:]] + [len(text)]
    items = []
    for marker, end in zip(run, ends, strict=True):
        body = text[marker.end : end].strip(" \t\r\n,;、；")
        nested = _numbered(body)
        if nested and not nested.heading.strip():
            items += [Item(f"{marker.label}-{one.label}", one.text) for one in nested.items]
        elif nested and not re.search(r"[=\d]", nested.heading):
            items += [Item(f"{marker.label}-{one.label}", f"{nested.heading}\n{one.text}") for one in nested.items]
        else:
            items.append(Item(marker.label, body))
    return ExerciseList(text[: run[0].start], tuple(items))


def _bulleted(text: str) -> ExerciseList | None:
    found = list(_BULLET.finditer(text))
    if len(found) < SHORTEST:
        return None
    ends = [match.start() for match in found[1:]] + [len(text)]
    bodies = [text[match.end() : end].strip() for match, end in zip(found, ends, strict=True)]
    items = tuple(Item(str(place), body) for place, body in enumerate(bodies, start=1) if body)
    return ExerciseList(text[: found[0].start()], items) if len(items) >= SHORTEST else None


def _starts_line(marker: _Marker) -> bool:
    return marker.at_line


def _stands_alone(marker: _Marker) -> bool:
    return marker.spaced or marker.at_line


def _any(_: _Marker) -> bool:
    return True


def _markers(text: str) -> Iterator[_Marker]:
    """Every place that may be a number of an exercise; no factor, no argument of a function, no decimal."""
    at = 0
    while match := _MARKER.search(text, at):
        at = match.start() + 1
        before = text[: match.start()]
        if match["ring"] is None and match["emoji"] is None and before and not _BEFORE.search(before):
            continue
        if _OPERATOR_BEFORE.search(before) and not _separated(before):
            continue
        if match["ring"] is None and _OPERATOR_BEHIND.match(text, match.end()):
            continue
        at_line = not before.rpartition("\n")[2].strip(" \t>*_$")
        spaced = text[match.end() : match.end() + 1].isspace()
        if match["lined"] and not at_line:
            continue
        if match["dotted"] and not (spaced or at_line):
            continue
        known = list(_values(match))
        yield from (
            _Marker(style, value, label, match.start(), match.end(), at_line, spaced) for style, value, label in known
        )
        if known:
            at = match.end()


def _separated(before: str) -> bool:
    """Whether a comma stands between two exercises, and not inside brackets: `(1) 2x = 6, (2) 3x = 12`."""
    depth = 0
    for sign in before:
        depth = max(0, depth + (sign == "(") - (sign == ")"))
    return depth == 0 and before.rstrip().endswith(",")


def _values(match: re.Match[str]) -> Iterator[tuple[str, int, str]]:
    """What a marker may be: its style, its place in the order of that style, and its label."""
    for style, label in match.groupdict().items():
        if not label or style == "word":
            continue
        kind = "asked" if style.startswith("asked") else style
        if label in _RING:
            row, value = _RING[label]
            yield row, value, str(value) if row in _NUMBERS else label
        elif label.isdigit():
            yield f"{kind} number", int(label), label
        elif label in _SYLLABLES:
            yield f"{kind} syllable", _SYLLABLES.index(label) + 1, label
        elif label in _CONSONANTS:
            yield f"{kind} consonant", _CONSONANTS.index(label) + 1, label
        else:
            if label.lower() in _ROMAN:
                yield f"{kind} roman {label.islower()}", _ROMAN.index(label.lower()) + 1, label
            if len(label) == 1 and label.isascii():
                yield f"{kind} letter {label.islower()}", ord(label.lower()) - 96, label


def _longest_run(text: str, markers: list[_Marker]) -> list[_Marker]:
    """The longest run of markers whose values follow one another, each with an exercise behind it.

    It begins with 1, or with another value where a line or a sentence begins.
    """
    best: list[_Marker] = []
    for place, first in enumerate(markers):
        begins = first.at_line or bool(_SENTENCE_END.search(text[: first.start]))
        if first.value != 1 and not (begins and first.style.endswith("number")):
            continue
        run = [first]
        for marker in markers[place + 1 :]:
            if marker.value == run[-1].value + 1 and _is_exercise(text[run[-1].end : marker.start]):
                run.append(marker)
        if not text[run[-1].end :].strip():
            run.pop()
        if len(run) > len(best):
            best = run
    return best


def _is_exercise(text: str) -> bool:
    """Whether a text can be a whole exercise: it has something in it, and all its brackets are closed."""
    pairs: tuple[Callable[[str], int], Callable[[str], int]] = (
        lambda body: body.count("(") - body.count(")"),
        lambda body: body.count("{") - body.count("}"),
    )
    return _GAP.sub("", text, count=1) != "" and all(open_(text) == 0 for open_ in pairs)
