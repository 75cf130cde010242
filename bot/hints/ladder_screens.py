"""What a ladder looks like at every moment: from its record to a Components V2 message. Nothing here sends anything.

Before the ladder is done, nothing in the message holds the solution or the answer: no text, no `custom_id`, nothing
that is hidden.
"""

from collections.abc import Iterator
from typing import Final

import discord

from bot.escaping import escaped_within
from bot.hints import sentences as say
from bot.hints.help_arguments import Help
from bot.hints.ladder_buttons import LadderId, LadderItem, LadderPress, ladder_button
from bot.hints.ladder_session import LadderOutcome, LadderPhase
from bot.hints.ladder_store import LadderRecord
from bot.replies.markdown_rendering import Text, render
from bot.sentences import Locale

TEXT_BUDGET: Final = 3_400
"""Characters of problem and hints, or of problem and solution. A message holds 4,000."""
LONGEST_GIVEN: Final = 120
"""Characters of a student's answer that are shown."""
BLUE: Final = discord.Colour(0x5865F2)
GREEN: Final = discord.Colour(0x2E9E5B)
AMBER: Final = discord.Colour(0xE0A030)
GREY: Final = discord.Colour(0x80848E)


def ladder_screen(record: LadderRecord) -> discord.ui.LayoutView:
    """The message of a ladder in its present state."""
    match record.session.phase:
        case LadderPhase.CLIMBING:
            parts = _climbing(record)
            colour = BLUE
        case LadderPhase.SOLVED:
            parts = _solved(record)
            colour = GREEN
        case LadderPhase.SHOWN:
            parts = _shown(record)
            colour = AMBER
        case LadderPhase.ENDED:
            parts = [_problem(record), say.ENDED(record.locale)]
            colour = GREY
    box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(accent_colour=colour)
    for part in parts:
        box.add_item(discord.ui.TextDisplay(part))
    if record.session.phase is LadderPhase.CLIMBING:
        box.add_item(discord.ui.ActionRow(*_buttons(record)))
    return discord.ui.LayoutView(timeout=None).add_item(box)


def _problem(record: LadderRecord) -> str:
    return f"### {say.EXERCISE(record.locale)}\n{typeset(record.session.help.problem, TEXT_BUDGET // 3)}"


def _climbing(record: LadderRecord) -> list[str]:
    session, locale = record.session, record.locale
    count = len(session.help.hints)
    hints = [
        say.HINT_OF(locale, number=number, count=count, hint=typeset(hint, TEXT_BUDGET * 2 // 3 // count))
        for number, hint in enumerate(session.help.hints[: session.hints_shown], start=1)
    ]
    below = [f"-# {line}" for line in _notes(record)]
    tried = [_tried(record)] if session.tries else []
    return [_problem(record), *hints, *tried, "\n".join(below)]


def _tried(record: LadderRecord) -> str:
    last = record.session.tries[-1]
    sentence = say.TRIED_PARTLY if last.verdict == "partly" else say.TRIED_WRONG
    return sentence(record.locale, given=escaped_within(last.text, LONGEST_GIVEN))


def _notes(record: LadderRecord) -> Iterator[str]:
    session, locale = record.session, record.locale
    yield say.YOUR_TURN(locale)
    if not session.solution_is_open:
        left = session.opens_after - session.honest_tries
        yield say.OPENS(locale, tries=left)


def _solved(record: LadderRecord) -> list[str]:
    session, locale = record.session, record.locale
    hints = say.HINTS(locale, count=session.hints_shown)
    tries = say.TRIES(locale, count=session.try_count)
    solved = say.SOLVED(locale, answer=typeset(session.help.answer, 400))
    return [_problem(record), f"**{solved}**\n-# {say.SOLVED_WITH(locale, hints=hints, tries=tries)}", _way(record)]


def _shown(record: LadderRecord) -> list[str]:
    if _ends_with_answer(record.session.help, record.locale):
        return [_problem(record), _way(record)]
    answer = say.ANSWER_IS(record.locale, answer=typeset(record.session.help.answer, 400))
    return [_problem(record), _way(record), f"**{answer}**"]


def _ends_with_answer(given_help: Help, locale: Locale) -> bool:
    """Whether the solution's last line is the answer already: said twice, it looks like a second result."""
    last = given_help.solution.rstrip().rpartition("\n")[2]
    return _plain(last) in {_plain(given_help.answer), _plain(say.ANSWER_IS(locale, answer=given_help.answer))}


def _plain(line: str) -> str:
    return "".join(c for c in line if not c.isspace() and c not in "*_`$.")


def _way(record: LadderRecord) -> str:
    return f"### {say.SOLUTION(record.locale)}\n{typeset(record.session.help.solution, TEXT_BUDGET // 2)}"


def _buttons(record: LadderRecord) -> Iterator[LadderItem]:
    session, locale, ladder_id = record.session, record.locale, record.id
    yield ladder_button(
        LadderId(ladder_id, "next", session.hints_shown),
        say.NEXT_HINT(locale),
        disabled=session.hints_shown >= len(session.help.hints),
    )
    yield ladder_button(LadderId(ladder_id, "answer"), say.MY_ANSWER(locale), discord.ButtonStyle.primary)
    yield ladder_button(
        LadderId(ladder_id, "solution"), say.SHOW_SOLUTION(locale), disabled=not session.solution_is_open
    )
    yield ladder_button(LadderId(ladder_id, "end"), say.END(locale))


def private_sentence(record: LadderRecord, press: LadderPress, outcome: LadderOutcome) -> str | None:
    """What only the student who pressed is told; None: the message shows what the press changed."""
    match outcome:
        case LadderOutcome.NOT_YOURS:
            return say.NOT_YOURS(press.locale)
        case LadderOutcome.OVER:
            return say.OVER(press.locale)
        case LadderOutcome.LOCKED:
            return opening(record, press.locale)
    return None


def opening(record: LadderRecord, locale: Locale) -> str:
    """When the solution opens."""
    left = record.session.opens_after - record.session.honest_tries
    return say.OPENS(locale, tries=left)


def typeset(text: str, longest: int) -> str:
    """The model's Markdown as Discord's, with its formulas in Unicode, of so many characters at most."""
    shown = "".join(piece.text if isinstance(piece, Text) else getattr(piece, "text", "\n") for piece in render(text))
    shown = shown.strip() or escaped_within(text, longest)
    if len(shown) <= longest:
        return shown
    cut = shown[: longest - 5].rstrip()
    return f"{cut}\n```…" if cut.count("```") % 2 else f"{cut}…"
