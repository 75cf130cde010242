"""A conversation's next answer: what the student means, given what was said before."""

import re
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from assistants.maths.attempts import verdict
from assistants.maths.build import TooLarge, Undefined, Unsupported
from assistants.maths.lexer import UnreadableNumber, tokenize
from assistants.maths.messages import split_quotation, without_name
from assistants.maths.nodes import Integral, Limit, Node, Num, Rel, stated_value, symbols
from assistants.maths.parser import parse
from assistants.maths.prose import foreign_words
from assistants.maths.questions import Question, Reading, Unread, read
from assistants.maths.similar import similar
from assistants.maths.solution import Solution, Unsolved
from assistants.maths.solver import solve
from assistants.maths.topics import example_of
from assistants.maths.wording import Wording
from assistants.maths.words import Kind, Language, Wish, language, wish

MAX_REMEMBERED = 40
"""Messages that are looked back on."""
MANY = 2
"""Answers that are numbered when they stand together."""
MAX_DIGITS_TO_PRINT = 20_000

Understood = Literal["maths", "talk", "lost"]

_UNSAID = frozenset({"factor", "expand", "simplify", "gcd", "lcm", "mean", "primes", "percent", "fraction", "square"})
"""What is to be done with such a problem cannot be seen in its formula."""
_PLAIN_WHY = re.compile(
    r"^\W*(?:(?:why|how|what|which|explain|again|please|it|that|this|to|me|more|in|detail|step|by|i|do|don'?t|not|get|understand"
    r"|can|could|you|the|steps?|a|bit|still|so|is|are|did|does|come|no|way|sure|right|correct|wrong|give|up|idea|idk|sorry"
    r"|clear|confus\w*|elaborate|teacher|saem|한|번|다시|자세\S*|더|좀|왜\S*|설명\S*|이해\S*|안|못\S*|돼\S*|되\S*|모르\S*|단계\S*|어떻게"
    r"|이유\S*|해\S*|주세요|줘|정말\S*|진짜\S*|맞\S*|확실\S*|포기\S*|무슨|뜻\S*|이거|그거|이게|그게|선생님|쌤|\d+)\W*)+$",
    re.IGNORECASE,
)
"""Words that ask why, and name nothing."""

_EXAMPLES: dict[Kind, str] = {
    "solve": "3x + 11 = 14", "derivative": "x^3 + 2x", "integral": "3x^2 + 4x", "factor": "x^2 + 5x + 6",
    "expand": "(x + 2)(x + 3)", "simplify": "(x^2 - 4)/(x - 2)", "evaluate": "1/2 + 1/3", "primes": "60",
}  # fmt: skip


def reply(messages: list[list[str]], tongue: Language | None = None) -> dict[str, Any]:
    """The answer to the last of `messages`, pairs of role and text: `text`, and how it was `understood`.

    All the student's messages since the last answer are answered together. `tongue` is a language to answer in
    whatever the student writes.
    """
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    recent = messages[-MAX_REMEMBERED:]
    last_answer = max((place for place, (role, _) in enumerate(recent) if role == "assistant"), default=-1)
    memory = Memory(fixed=tongue)
    for role, text in recent[: last_answer + 1]:
        if role == "user":
            memory = memory.after(text)
    answers: list[Answer] = []
    for text in [text for role, text in recent[last_answer + 1 :] if role == "user"]:
        memory = memory.after(text)
        answers.append(_Turn(memory, text).answer())
    return _joined(answers, memory)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to one message."""

    understood: Understood
    text: str


def _joined(answers: Sequence[Answer], memory: "Memory") -> dict[str, Any]:
    """The answers to several messages as one; what was not understood is left out when something was."""
    good = [answer for answer in answers if answer.understood == "maths"]
    good = good or [answer for answer in answers if answer.understood == "talk"] or list(answers)[-1:]
    if not good:
        return {"text": Wording(memory.language).say("hello"), "understood": "talk", "language": memory.language}
    text = "\n\n".join(dict.fromkeys(answer.text for answer in good))
    return {"text": text, "understood": good[-1].understood, "language": memory.language}


@dataclass(frozen=True, slots=True)
class Memory:
    """What stands at some point of a conversation: the last problem, how often another was asked for, the tongue."""

    question: Question | None = None
    variants: int = 0
    alone: bool = False
    """The student was left to solve the last one."""
    heard: Language | None = None
    """The tongue that the student was last heard to speak."""
    exemplified: bool = False
    """The last message asked what something is, and the problem at hand is an example of it."""
    reading: Reading | None = field(default=None, compare=False)
    fixed: Language | None = None
    """The tongue to answer in, whatever the student speaks."""

    @property
    def language(self) -> Language:
        """The tongue to answer in."""
        return self.fixed or self.heard or "en"

    def after(self, message: str) -> "Memory":
        """What stands after one more message of the student's; what it replies to may be quoted in front."""
        text, quoted = split_quotation(message)
        before = self._quoting(quoted) if quoted else self
        return before._after(text)

    def _quoting(self, quoted: str) -> "Memory":
        """The problem at hand is the one in the quotation, if there is one."""
        try:
            questions = read(quoted).questions
        except UnreadableNumber:
            return self
        return replace(self, question=questions[0], variants=0, alone=False) if questions else self

    def _after(self, text: str) -> "Memory":
        spoken = language(without_name(text)) or self.heard or language(text)
        try:
            reading = read(text)
        except UnreadableNumber:
            return replace(self, heard=spoken, reading=None)
        words = reading.wish
        memory = replace(self, heard=spoken, reading=reading, exemplified=False)
        if self.is_attempt(reading):
            return memory
        if reading.questions and not reading.weak and not self._is_answer(reading):
            variants = 1 if words.another else 0
            return replace(
                memory, question=reading.questions[-1], variants=variants, alone=words.alone and bool(variants)
            )
        if words.another:
            base = self.question or _example(words.kind)
            if words.kind and base.kind != words.kind and words.kind in _EXAMPLES:
                return replace(memory, question=_example(words.kind), variants=1, alone=words.alone)
            return replace(
                memory, question=base, variants=self.variants + 1, alone=words.alone or self.question is None
            )
        if not reading.questions and not reading.unread and (example := self._example(text, words)):
            return replace(memory, question=example, variants=0, alone=False, exemplified=True)
        if self.alone and words.kind in {"solve", "evaluate"}:
            return memory  # the solution of what was left to the student
        if words.kind and self.question and not reading.unread and (again := _again(self, words.kind)):
            return replace(memory, question=again, variants=0, alone=False)
        return memory

    def _example(self, text: str, words: Wish) -> Question | None:
        """An example of what the student asks about, unless the problem at hand is one."""
        example = example_of(without_name(text)) if words.step is None else None
        return None if self.question is not None and example and example.kind == self.question.kind else example

    def is_attempt(self, reading: Reading) -> bool:
        """Whether the message is a try at the problem that was left to the student."""
        tried = reading.only is not None and reading.wish.kind in {None, "evaluate"} and not reading.wish.another
        return self.alone and tried and not (isinstance(reading.only, Rel) and not stated_value(reading.only))

    def _is_answer(self, reading: Reading) -> bool:
        """Whether `x = 3` answers the problem at hand rather than posing one."""
        if self.question is None or reading.wish.another:
            return False
        values = [_stated_value(question) for question in reading.questions]
        if all(value is not None for value in values) and self.question.kind == "solve":
            names = {name for node in self.question.nodes for name in symbols(node)}
            return {name for value in values if value for name in [value[0]]} <= names
        return False

    def current(self) -> Question | None:
        """The problem at hand, which may be one that was set here; raises Unsolved."""
        if self.question is None or not self.variants:
            return self.question
        return similar(self.question, self.variants)


def _example(kind: Kind | None) -> Question:
    """A problem to start from when there is none."""
    wanted = kind if kind in _EXAMPLES else "solve"
    return Question(wanted, (parse(tokenize(_EXAMPLES[wanted])),))


def _stated_value(question: Question) -> tuple[str, Node] | None:
    return stated_value(question.nodes[0]) if len(question.nodes) == 1 else None


def _again(memory: Memory, kind: Kind) -> Question | None:
    """`now differentiate it`: the last expression, with something else done to it."""
    try:
        last = memory.current()
    except Unsolved:
        return None
    if (
        last is None
        or len(last.nodes) > 1
        or kind == last.kind
        or kind in {"evaluate", "gcd", "lcm", "mean", "primes", "limit"}
    ):
        return None
    node = last.nodes[0]
    if isinstance(node, Limit | Integral):
        node = node.body
    if isinstance(node, Rel) and kind != "solve":
        if node.ops != ("=",) or not (isinstance(node.sides[1], Num) and node.sides[1].value == 0):
            return None
        node = node.sides[0]
    return Question(kind, (node,)) if symbols(node) else None


class _Turn:
    """One message and its answer; the memory knows the message already."""

    def __init__(self, memory: Memory, text: str) -> None:
        self._memory = memory
        self._text, _ = split_quotation(text)
        self._say = Wording(memory.language)
        self._wish = wish(self._text)

    def answer(self) -> Answer:
        """The answer, also when something goes wrong on the way."""
        try:
            return self._answer()
        except TooLarge as error:
            if error.digits is None:
                return Answer("maths", self._say.say("far_too_large"))
            return Answer("maths", self._say.say("too_large", {"digits": f'"{error.digits:,}'}))
        except Undefined:
            return Answer("maths", self._say.say("undefined"))
        except Unsupported:
            return Answer("maths", self._say.say("unsupported"))
        except Unsolved as error:
            return Answer("maths", self._say.say(error.key))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - sympy raises whatever it likes; the parent logs what is printed
            traceback.print_exc()
            return Answer("maths", self._say.say("unsolved"))

    def _answer(self) -> Answer:
        reading = self._memory.reading
        if reading is None:
            return Answer("maths", self._say.say("long"))
        tried = reading.only if self._memory.is_attempt(reading) else None
        if tried is not None and (checked := self._judged([tried])):
            return checked
        if reading.questions and not reading.weak:
            return self._to_questions(reading)
        question = self._memory.question
        if self._wish.another:
            return self._another()
        if reading.unread:
            return self._unread(reading.unread[0])
        if self._memory.exemplified and question is not None:
            shown = f"{self._say.say('by_example')} {self._say.solution(solve(question), why=True)}"
            return Answer("lost", shown)  # a file may know it better
        if question is not None and self._wish.kind == question.kind and not self._wish.why and self._posed_now():
            return self._solved(question)
        if question is not None and (
            self._wish.why or self._wish.step is not None or (self._memory.alone and self._wants_solution())
        ):
            return self._explained()
        if question is not None and self._wants_solution() and len(without_name(self._text).split()) <= 4:
            return self._current_solved()
        return self._small_talk(weak=bool(reading.questions))

    def _current_solved(self) -> Answer:
        """The problem at hand once more, for `what is the answer?`."""
        question = self._memory.current()
        return Answer("talk", self._say.say("no_base")) if question is None else self._solved(question)

    def _posed_now(self) -> bool:
        """Whether this very message made the problem out of the last one."""
        return self._memory.variants == 0 and self._wish.kind not in {None, "evaluate"} and not self._wish.thanks

    def _wants_solution(self) -> bool:
        return self._wish.kind in {"solve", "evaluate"} or "풀이" in self._text or "solution" in self._text.lower()

    def _to_questions(self, reading: Reading) -> Answer:
        if self._wish.another:
            return self._another()
        if self._memory.question is not None and (checked := self._checked(reading)):
            return checked
        if len(reading.questions) == 1:
            return self._solved(reading.questions[0])
        if checked := self._proposed(reading.questions):
            return checked
        turns = (
            _Turn(replace(self._memory, reading=replace(reading, questions=(question,))), self._text)
            for question in reading.questions
        )
        answers = [answer for turn in turns if (answer := turn.answer()).understood != "lost"]
        if len(answers) < MANY:
            return answers[0] if answers else self._small_talk(weak=True)
        return Answer("maths", "\n\n".join(f"**({place})** {one.text}" for place, one in enumerate(answers, start=1)))

    def _proposed(self, questions: Sequence[Question]) -> Answer | None:
        """`is x = 3 a solution of x^2 - 5x + 6 = 0?`: a problem, and an answer to it."""
        said = [one.nodes[0] for one in questions if _stated_value(one)]
        posed = [one for one in questions if not _stated_value(one)]
        if len(posed) != 1 or not said:
            return None
        return _Turn(replace(self._memory, question=posed[0], variants=0), self._text)._judged(said)

    def _solved(self, question: Question) -> Answer:
        solution = solve(question)
        if self._wish.kind in {None, "evaluate"} and solution.says_nothing:
            if foreign_words(without_name(self._text)):
                return self._small_talk(weak=True)
            return Answer("maths", self._say.say("what_with", {"value": solution.problem}))
        return Answer("maths", self._say.solution(solution, why=self._in_detail()))

    def _in_detail(self) -> bool:
        return self._wish.detail

    def _another(self) -> Answer:
        question = self._memory.current()
        if question is None:
            return Answer("talk", self._say.say("no_base"))
        solution = solve(question)
        if self._memory.alone:
            what = f" {self._say.say(solution.opening)}" if question.kind in _UNSAID else ""
            problem = (
                f"{self._say.say('your_turn')}{what}\n\\[ {solution.problem} \\]\n{self._say.say('your_turn_end')}"
            )
            return Answer("maths", problem)
        return Answer("maths", f"{self._say.say('similar')} {self._say.solution(solution, why=self._in_detail())}")

    def _explained(self) -> Answer:
        """One step with its reason, or all of them."""
        question = self._memory.current()
        if question is None:
            return Answer("talk", self._say.say("no_base"))
        solution = solve(question)
        if self._wish.step is None or not solution.steps:
            opening = "" if self._memory.alone else f"{self._say.say('once_more')} "
            return Answer("maths", opening + self._say.solution(solution, why=True))
        return Answer("maths", self._one_step(solution, self._wish.step))

    def _one_step(self, solution: Solution, wanted: int) -> str:
        place = len(solution.steps) if wanted == -1 else wanted
        if not 1 <= place <= len(solution.steps):
            return self._say.say("no_such_step", {"name": f'"{place}', "count": f'"{len(solution.steps)}'})
        before = solution.steps[place - 2].math if place > 1 else solution.problem
        one = solution.steps[place - 1]
        parts = [self._say.say("step_name", {"name": f'"{place}'})]
        if before:
            parts.append(self._say.formula(before))
        parts.append(self._say.step(one, place, why=True))
        return "\n".join(parts)

    def _checked(self, reading: Reading) -> Answer | None:
        """The student's own answer to the problem at hand, right or wrong."""
        question = self._memory.current()
        if question is None or question in reading.questions or not all(map(_stated_value, reading.questions)):
            return None
        return self._judged([one.nodes[0] for one in reading.questions])

    def _judged(self, said: list[Node]) -> Answer | None:
        question = self._memory.current()
        judged = verdict(question, said) if question is not None else None
        if question is None or judged is None:
            return None
        solution = solve(question)
        if judged == "wrong":
            return Answer("maths", f"{self._say.say('wrong')}\n\n{self._say.solution(solution)}")
        return Answer("maths", self._say.say(judged, {"value": solution.result}))

    def _unread(self, unread: Unread) -> Answer:
        if unread.reason == "syntax":
            shown = unread.text.replace("`", "'")
            return Answer("maths", self._say.say("unreadable", {"text": f'"`{shown}`'}))
        return Answer("maths", self._say.say(unread.reason))

    def _small_talk(self, *, weak: bool) -> Answer:
        for key in ("worried", "able", "thanks", "bye", "hello", "fine"):
            if getattr(self._wish, key) and not weak:
                return Answer("talk", self._say.say(key))
        if not without_name(self._text).strip():
            return Answer("talk", self._say.say("able"))
        if self._wish.why and self._memory.question is None and _PLAIN_WHY.match(without_name(self._text)):
            return Answer("talk", self._say.say("no_base"))
        return Answer("lost", self._say.say("lost"))
