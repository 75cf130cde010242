"""Subtitles and transcripts (WebVTT, SubRip, SBV, SubStation, LRC, SAMI, TTML) as what was said, with who said it."""

import html
import re
from collections.abc import Iterator

_STAMP = r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}"
_CUE = re.compile(rf"^[ \t]*{_STAMP}[ \t]*(?:-->|,)[ \t]*{_STAMP}.*$", re.MULTILINE)
_LYRIC = re.compile(r"^(?:\[\d{1,3}:\d{2}(?:[.:]\d{1,3})?\])+(?P<words>.*)$")
_VOICE = re.compile(r"<v(?:\.[^\s>]+)?\s+([^>]*)>")
_TAG = re.compile(r"</?(?:[biuvc]|ruby|rt|lang|font|\d[\d:.]*)(?:[.\s][^>]*)?>|\{\\[^}]*\}|<\d[\d:.]*>", re.IGNORECASE)
_SPEAKER = re.compile(r"[-–—]\s|[^\W\d_][\w .]{0,30}:\s")
_MARKED = {
    ".smi": (re.compile(r"<sync\b[^<>]*>", re.IGNORECASE), re.compile(r"</(?:sync|body|sami)\b", re.IGNORECASE)),
    ".ttml": (re.compile(r"<(?:\w{1,9}:)?p(?=[\s>])[^<>]*>"), re.compile(r"</(?:\w{1,9}:)?p\s*>")),
}
"""Kinds in markup: what stands before the words of a cue, and what behind."""
_MARKED_AS = {".sami": ".smi", ".dfxp": ".ttml"}
_BREAK = re.compile(r"<(?:\w{1,9}:)?br\b[^<>]*>|</p\s*>", re.IGNORECASE)
_NOT_SAID = ("NOTE", "STYLE", "REGION", "X-TIMESTAMP-MAP")


def are_subtitles(text: str, extension: str) -> bool:
    """Whether a text is of a kind that `said` reads."""
    if extension in {".ass", ".ssa"}:
        return "\nDialogue:" in text
    if marked := _MARKED.get(_MARKED_AS.get(extension, extension)):
        return marked[0].search(text) is not None
    if extension == ".lrc":
        return any(_LYRIC.match(line) for line in text.split("\n", 40)[:40])
    if text.lstrip("\ufeff").startswith("WEBVTT"):
        return True
    beginning = text[:4_000]
    return extension in {".srt", ".vtt", ".sbv", ".txt", ""} and bool(
        _CUE.search(beginning)
        if extension in {".srt", ".vtt", ".sbv"}
        else re.match(rf"\s*\d+\s*\n{_CUE.pattern[1:]}", beginning, re.MULTILINE)
    )


def said(text: str, extension: str) -> str:
    """What was said: without numbers, times and markup; each speaker's words in a paragraph."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    if extension in {".ass", ".ssa"}:
        lines = list(_dialogue(text))
    elif marked := _MARKED.get(_MARKED_AS.get(extension, extension)):
        cues = [marked[1].split(cue, maxsplit=1)[0] for cue in marked[0].split(text)[1:]]
        lines = [("", _plain(re.sub(r"<[^<>]*>", "", _BREAK.sub("\n", cue))).strip()) for cue in cues]
    elif extension == ".lrc":
        lines = [
            ("", " ".join(re.sub(r"[\[<]\d{1,3}:\d{2}(?:[.:]\d{1,3})?[\]>]", "", found["words"]).split()))
            for line in text.split("\n")
            if (found := _LYRIC.match(line))
        ]
    else:
        lines = list(_cues(text))
    return _paragraphs(lines)


def _cues(text: str) -> Iterator[tuple[str, str]]:
    """Speaker (or nothing) and words of each cue."""
    for block in re.split(r"\n[ \t]*\n", text):
        cue = _CUE.search(block)
        if cue is None or block.lstrip().startswith(_NOT_SAID):
            continue
        words = block[cue.end() :].strip()
        pieces = _VOICE.split(words)
        yield "", _plain(pieces[0])
        for name, spoken in zip(pieces[1::2], pieces[2::2], strict=True):
            yield html.unescape(name).strip(), _plain(spoken)


def _dialogue(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        if line.startswith("Dialogue:"):
            fields = line.removeprefix("Dialogue:").split(",", 9)
            if len(fields) == 10:
                yield fields[4].strip(), _plain(fields[9].replace("\\N", " ").replace("\\n", " ").replace("\\h", " "))


def _plain(words: str) -> str:
    """The words in one line, but for lines that begin with a dash or a name: another one speaks there."""
    lines = [" ".join(line.split()) for line in html.unescape(_TAG.sub("", words)).split("\n")]
    out = ""
    for line in filter(None, lines):
        out += f"{chr(10) if _SPEAKER.match(line) else ' '}{line}" if out else line
    return out


def _paragraphs(lines: list[tuple[str, str]]) -> str:
    """Words of the same speaker together; what rolls up, and is shown twice, stands once."""
    out: list[str] = []
    speaker, last = "", ""
    for name, words in lines:
        if not words or words == last:
            continue
        new = words.removeprefix(last).strip() if last and words.startswith(f"{last} ") else words
        last = words
        if name and name != speaker:
            out.append(f"\n{name}: {new}")
        else:
            out.append(new)
        speaker = name or speaker
    return "\n".join(out).strip()
