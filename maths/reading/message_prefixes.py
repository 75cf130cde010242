"""Takes off what stands in front of the mathematics: the author's name, a quotation, the numbers of exercises."""

import re

_NAME = re.compile(r"^\s*(?P<name>[^\n:“]{1,80}?)(?: \(on “(?P<quoted>[^”\n]{0,1000})”\))?:[ \t]+")
_NO_NAME = re.compile(
    r"[=<>+*/^]|\b(?:solve|find|factor\w*|expand|simplify|calculate|compute|evaluate|integrate|differentiate|work\s+out)\b"
    r"|^\W*(?:Q|No|Ex|Question|Problem|Exercise|Item|Part|문제|문항|문|물음)\W*\d{1,3}\W*$"
    r"|\b(?:(?:just|only)\s+a\s+hint|hints?)\b|풀어|푸시|풀이|구하|하시오|하세요|하여라|해\s?줘|다음|계산|인수\s*분해|힌트",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"^[ \t]*(?:\(?\d{1,2}[.)][ \t]+(?=[^\s+*/×÷^=<>])"
    r"|(?:Q(?:uestion)?|No|Problem|Exercise|Ex|문제)[ \t.]*\d{1,3}[ \t]*[.):](?=\s)"
    r"|[①-⑳][ \t]*|[-*•][ \t]+|>[ \t]*)",
    re.MULTILINE | re.IGNORECASE,
)
_INLINE = re.compile(
    r"(?<![\w^_])(?:\((?P<round>\d|[a-h])\)|(?P<open>\d|[a-h])\)|(?P<dotted>\d)\.|Q\.?(?P<asked>\d)[.):]?|(?P<ring>[①-⑨]))"
    r"(?=\s+\S|(?<=[①-⑨])\S)"
)
_HASH = re.compile(r"(?<![\w&])#\d{1,3}[.):]?(?=\s)")
_RUNS = ("123456789", "abcdefgh", "①②③④⑤⑥⑦⑧⑨")
_COLON = re.compile(r"(?<=[A-Za-z가-힣]):(?=\s)")
_COLON_BEHIND_NUMBER = re.compile(r"(?<=\d):(?=\s)")


def without_name(text: str) -> str:
    """The message without the display name in front (`Minji: …`), if there is one."""
    match = _NAME.match(text)
    if match is None or not re.search(r"[^\W\d_]", match["name"]) or _NO_NAME.search(match["name"]):
        return text
    return text[match.end() :]


def split_quotation(text: str) -> tuple[str, str]:
    """The message, and the quotation before its colon of what it replies to: `Minji (on “3x = 6”): why?`."""
    match = _NAME.match(text)
    if match is None or match["quoted"] is None:
        return text, ""
    return f"{match['name']}: {text[match.end() :]}", match["quoted"]


def without_numbering(text: str) -> str:
    """The message with line breaks instead of `1)`, `(b)`, `Q2.`, and of colons that are no ratios (`for y: …`)."""
    found = list(_INLINE.finditer(text))
    labels = "".join(next(label for label in match.groups() if label) for match in found)
    if len(labels) > 1 and any(labels == run[: len(labels)] for run in _RUNS):
        text = _INLINE.sub("\n", text)
    text = _COLON.sub("\n", _ITEM.sub("\n", _HASH.sub("\n", text)))
    return _COLON_BEHIND_NUMBER.sub("\n", text) if text.count(":") == 1 else text
