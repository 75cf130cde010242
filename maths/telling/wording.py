"""Words a solution in one language: fills sentences with formulas, and fits Korean particles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from maths.reading.language import Language, Texts, in_language
from maths.solving.solution import Solution, Step
from maths.telling.solution_sentences import SENTENCES
from maths.telling.step_reasons import REASONS

_VALUE = re.compile(r"\{(\w+)\}")
_JOSA = re.compile(r"(\\\((?:(?!\\\)).)*\\\)|\w)\[(을|이|은|과|으로)\]", re.DOTALL)
_PAIRS = {"을": ("을", "를"), "이": ("이", "가"), "은": ("은", "는"), "과": ("과", "와"), "으로": ("으로", "로")}
_CLOSED_DIGITS = frozenset("013678")
_CLOSED_LETTERS = frozenset("lmnr")
_L_FINAL = frozenset("178lr")


@dataclass(frozen=True, slots=True)
class Wording:
    """Says sentences in one language."""

    language: Language
    sentences: Mapping[str, Texts] = field(default_factory=lambda: SENTENCES)

    def say(self, key: str, values: Mapping[str, str] | None = None) -> str:
        """The sentence of that name; values are put in as formulas, those that begin with `"` as plain text."""
        return self._fill(self.sentences[key], values or {})

    def reason(self, key: str, values: Mapping[str, str] | None = None) -> str:
        """The reason for a step of that name; empty if there is none."""
        texts = REASONS.get(key)
        return self._fill(texts, values or {}) if texts else ""

    def step(self, step: Step, place: int, *, why: bool = False) -> str:
        """A numbered step, with its reason if `why` is true."""
        text = f"{place}. {self.say(step.key, step.values)}"
        if step.math:
            text += f": {self.formula(step.math)}"
        reason = self.reason(step.key, step.values) if why else ""
        return f"{text}\n   {reason}" if reason else text

    def solution(self, solution: Solution, *, why: bool = False) -> str:
        """The whole answer, with the result at its end."""
        parts = [f"{self.say(solution.opening)}\n\\[ {solution.problem} \\]"]
        if solution.steps:
            lines = [self.step(one, place, why=why) for place, one in enumerate(solution.steps, start=1)]
            parts.append("\n".join(lines))
        parts += [self.say(note.key, note.values) for note in solution.notes]
        parts.append(self.result(solution))
        return "\n\n".join(parts)

    def result(self, solution: Solution) -> str:
        """The last line: the answer."""
        text = f"**{self.say('answer')}** {self.formula(solution.result)}" if solution.result else ""
        if solution.remark:
            remark = self.say(solution.remark.key, solution.remark.values)
            text = f"{text} — {remark}" if text else f"**{self.say('answer')}** {remark}"
        return text

    def formula(self, latex: str) -> str:
        """A formula in the text; `<or>` and `<and>` in it are words between formulas."""
        parts = re.split(r"\s*<(or|and)>\s*", latex)
        shown = [self.say(part) if place % 2 else f"\\({part}\\)" for place, part in enumerate(parts)]
        return " ".join(shown)

    def _fill(self, texts: tuple[str, str], values: Mapping[str, str]) -> str:
        template = in_language(texts, self.language)
        text = _VALUE.sub(lambda name: self._value(values[name[1]]), template)
        return with_particles(text) if self.language == "ko" else text

    def _value(self, value: str) -> str:
        return value[1:] if value.startswith('"') else self.formula(value)


def with_particles(text: str) -> str:
    """Korean text in which particles such as `3[을]` have the form that fits."""
    return _JOSA.sub(_with_particle, text)


def _with_particle(match: re.Match[str]) -> str:
    return match[1] + particle(match[1], match[2])


def particle(text: str, kind: str) -> str:
    """The Korean particle in the form that fits the end of `text`; both forms if that cannot be told."""
    closed, opened = _PAIRS[kind]
    plain = text.removesuffix("\\)").rstrip()
    last = plain[-1:].lower()
    if "가" <= last <= "힣":
        final = (ord(last) - ord("가")) % 28
        return opened if final == 0 or (kind == "으로" and final == 8) else closed
    if "\\frac" in plain or not (last.isascii() and last.isalnum()):
        return f"{closed}({opened})" if kind != "으로" else "(으)로"
    if kind == "으로" and last in _L_FINAL:
        return opened
    return closed if last in _CLOSED_DIGITS | _CLOSED_LETTERS else opened
