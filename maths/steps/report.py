"""Tells a checked working in words: every line with its mark, then the slip of the first wrong one."""

from maths.reading.language import Language
from maths.reading.nodes import Diff, Sym
from maths.steps.checked_working import CheckedLine, CheckedWorking
from maths.steps.sentences import STEP_SENTENCES
from maths.steps.working import Line
from maths.telling.wording import Wording
from maths.writing.latex import node_latex

MARKS = {"given": "", "good": " ✓", "wrong": " ✗", "unsure": " **?**", "later": ""}
LONGEST_SHOWN = 200
_SLIPS = frozenset(STEP_SENTENCES)


def told(checked: CheckedWorking, language: Language) -> str:
    """The lines of a working with ✓, ✗ or ?, and what is wrong; no line is corrected, and no answer given away."""
    say = Wording(language, STEP_SENTENCES)
    if not checked.lines:
        return say.say("no_working")
    if len(checked.lines) == 1 and checked.lines[0].status == "given":
        return say.say("nothing_to_check")
    parts = [say.say("checked_heading")]
    lines = checked.lines
    if checked.from_problem:
        parts.append(say.say("from_problem", {"value": line_latex(lines[0].line)}))
        lines = lines[1:]
    parts.append("\n".join(f"{at}. {_shown(one, say)}{MARKS[one.status]}" for at, one in enumerate(lines, start=1)))
    parts += _verdicts(checked, lines, say)
    if checked.left_out:
        parts.append(say.say("lines_left_out", {"count": f'"{len(checked.lines)}'}))
    return "\n\n".join(parts)


def _verdicts(checked: CheckedWorking, lines: tuple[CheckedLine, ...], say: Wording) -> list[str]:
    unsure = any(one.status == "unsure" for one in lines)
    parts: list[str] = []
    wrong = next((at for at, one in enumerate(lines) if one.status == "wrong"), None)
    for at, one in enumerate(lines, start=1):
        key = f"note_{one.note}"
        if one.status == "good" and key in _SLIPS:
            parts.append(say.say(key, {"place": f'"{at}'}))
    if wrong is not None:
        slip = slip_sentence(lines[wrong], say)
        parts.append(say.say("wrong_line", {"place": f'"{wrong + 1}', "text": f'"{slip}'}))
        further = f"{say.say('not_further')} " if wrong + 1 < len(lines) else ""
        parts.append(further + say.say("try_again"))
    elif not unsure and not checked.left_out:
        parts.append(say.say("all_good"))
    if unsure:
        rest = f" {say.say('rest_good')}" if wrong is None and checked.checked else ""
        parts.append(say.say("unsure_lines") + rest)
    return parts


def slip_sentence(line: CheckedLine, say: Wording) -> str:
    """What went wrong in a line."""
    if line.slip is None:
        return say.say("unnamed")
    return say.say(line.slip.name, {name: node_latex(node) for name, node in line.slip.parts.items()})


def line_latex(line: Line) -> str:
    """A line as LaTeX, with `<or>` for the word between alternatives."""
    if line.kind == "statement":
        return " <or> ".join(", ".join(node_latex(relation) for relation in part) for part in line.alternatives)
    sides = [node_latex(node) for node in line.nodes]
    if line.label:
        sides.insert(0, _label_latex(line))
    sign = r"\approx " if line.approximate else "= "
    return (sign if line.continues and not line.label else "") + f" {sign}".join(sides)


def _label_latex(line: Line) -> str:
    primes = "'" * line.order
    if line.label in {"f", "g", "h", "F", "G", "H"}:
        return rf"{line.label}{primes}\left({line.variable or 'x'}\right)"
    if line.label == "y" and line.order:
        return f"y{primes}"
    return node_latex(Diff(Sym(line.label), Sym("x"), line.order)) if line.order else node_latex(Sym(line.label))


def _shown(one: CheckedLine, say: Wording) -> str:
    line = one.line
    if line.kind in {"unread", "none"}:
        text = line.text[:LONGEST_SHOWN].replace("`", "'").replace("\n", " ")
        return f"`{text}`"
    return say.formula(line_latex(line))
