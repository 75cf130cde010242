"""Words a solution in one language: fills sentences with formulas, and fits Korean particles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from maths.reading.language import Language, Texts, in_language
from maths.solving.solution import Solution, Step
from maths.telling.korean_particles import with_particles
from maths.telling.solution_sentences import SENTENCES
from maths.telling.step_reasons import REASONS

_VALUE = re.compile(r"\{(\w+)\}")
_BOTH = re.compile(r"⟪(.*?)\|(.*?)⟫")


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

    def brief(self, solution: Solution) -> str:
        """The problem and the result, without the way between them."""
        return f"{self.formula(solution.problem)} → {self.result(solution)}"

    def result(self, solution: Solution) -> str:
        """The last line: the answer."""
        text = f"**{self.say('answer')}** {self.formula(solution.result)}" if solution.result else ""
        text += self._in_language(solution.unit)
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
        return self._in_language(value[1:]) if value.startswith('"') else self.formula(value)

    def _in_language(self, text: str) -> str:
        """The text with the right one of `⟪en|ko⟫`."""
        return _BOTH.sub(lambda both: both[1] if self.language == "en" else both[2], text)
