"""The code of an answer and its output as private messages, in parts where they are long, and as a file where too long.

Both are other people's words: no fence of theirs ends ours.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot import sentences
from bot.conversations.answer_source import WorkStep
from bot.replies.message_components import TEXT_LIMIT
from bot.sentences import Locale

MOST_MESSAGES: Final = 4
"""Messages that show work; of more, the first are shown, and a file holds all."""
_FENCE: Final = "```"
_FENCES: Final = re.compile("`{3,}")
_GAP: Final = "\u200b"
"""Shows nothing, and keeps backticks apart that would be a fence."""
_ROOM: Final = TEXT_LIMIT - 200
"""Characters of one block, whose title and fences need some too."""


def work_messages(steps: Sequence[WorkStep], locale: Locale) -> list[str]:
    """What is shown, message by message; each has at most TEXT_LIMIT characters."""
    messages: list[str] = []
    for block in _blocks(steps, locale):
        if messages and len(messages[-1]) + 1 + len(block) <= TEXT_LIMIT:
            messages[-1] += f"\n{block}"
        else:
            messages.append(block)
    return messages


def needs_file(messages: Sequence[str]) -> bool:
    """Whether not all can be shown, or not as it is to be copied."""
    return len(messages) > MOST_MESSAGES or any(f"`{_GAP}`" in message for message in messages)


def work_file(steps: Sequence[WorkStep], locale: Locale) -> str:
    """All of it, as Markdown."""
    parts = []
    for number, step in enumerate(steps, 1):
        parts.append(_titled(sentences.WORK_CODE(locale), number, len(steps)))
        parts.append(_long_fence(step.code, "python"))
        parts += [f"**{sentences.WORK_OUTPUT(locale)}**", _long_fence(step.output, "text")] if step.output else []
        parts += [sentences.WORK_PICTURES(locale, count=step.pictures)] if step.pictures else []
    return "\n\n".join(parts) + "\n"


def _blocks(steps: Sequence[WorkStep], locale: Locale) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        title = _titled(sentences.WORK_CODE(locale), number, len(steps))
        yield from _fenced(title, step.code, "py")
        if step.output:
            yield from _fenced(f"**{sentences.WORK_OUTPUT(locale)}**", step.output, "")
        if step.pictures:
            yield f"-# {sentences.WORK_PICTURES(locale, count=step.pictures)}"
        elif not step.output:
            yield f"-# {sentences.WORK_NO_OUTPUT(locale)}"


def _titled(title: str, number: int, count: int) -> str:
    return f"**{title} {number}**" if count > 1 else f"**{title}**"


def _fenced(title: str, text: str, language: str) -> Iterator[str]:
    broken = _FENCES.sub(lambda found: _GAP.join(found[0]), text)
    for place, piece in enumerate(_pieces(broken.splitlines())):
        shown = piece if piece.strip() else _GAP
        before = "" if place else f"{title}\n"
        yield f"{before}{_FENCE}{language}\n{_closed(shown)}\n{_FENCE}"


def _closed(text: str) -> str:
    """Backticks at the end of a block would run into the fence."""
    return f"{text}{_GAP}" if text.endswith("`") else text


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """Lines joined to pieces of at most _ROOM characters; a longer line is cut."""
    piece: list[str] = []
    size = 0
    for line in lines:
        for start in range(0, max(1, len(line)), _ROOM):
            part = line[start : start + _ROOM]
            if piece and size + 1 + len(part) > _ROOM:
                yield "\n".join(piece)
                piece, size = [], 0
            piece.append(part)
            size += len(part) + 1
    yield "\n".join(piece)


def _long_fence(text: str, language: str) -> str:
    """A fence that is longer than all in the text, which a file may have."""
    longest = max((len(ticks) for ticks in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
