"""What stands at some point of a conversation, out of the student's messages alone."""

import re
from dataclasses import dataclass, field, replace

from assistants.models.offline.explanations import example_of, named_example
from maths.quizzes.similar_problems import similar
from maths.reading.lexer import UnreadableNumber, tokenize
from maths.reading.message_frame import split_quotation, without_name
from maths.reading.nodes import Integral, Limit, Node, Num, Rel, stated_value, symbols
from maths.reading.parser import parse
from maths.reading.problems import Question, Reading, read
from maths.reading.wishes import Kind, Language, Wish, language
from maths.solving.solution import Unsolved
from maths.solving.solver import solve
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported
from maths.writing.latex import write

_EXAMPLES: dict[Kind, str] = {
    "solve": "3x + 11 = 14", "derivative": "x^3 + 2x", "integral": "3x^2 + 4x", "factor": "x^2 + 5x + 6",
    "expand": "(x + 2)(x + 3)", "simplify": "(x^2 - 4)/(x - 2)", "evaluate": "1/2 + 1/3", "primes": "60",
}  # fmt: skip


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
    quoted: Node | None = None
    """A part of the last solution that the student asks about: `where does x - 3 come from?`."""
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
        memory = replace(self, heard=spoken, reading=reading, exemplified=False, quoted=None)
        if self.is_attempt(reading) or (reading.tried and not reading.questions):
            return memory
        if quoted := self._quoted_part(reading, text):
            return replace(memory, quoted=quoted)
        if reading.questions and not reading.weak and not self._is_answer(reading):
            variants = 1 if words.another else 0
            asked = self._continued(reading.questions[-1], text)
            reading = replace(reading, questions=(*reading.questions[:-1], asked))
            alone = words.alone and bool(variants)
            return replace(memory, question=asked, variants=variants, alone=alone, reading=reading)
        if words.another:
            topic = named_example(text)
            base = self.question or topic or _example(words.kind)
            if topic is not None and (self.question is None or topic.kind != self.question.kind):
                return replace(memory, question=topic, variants=1, alone=words.alone or self.question is None)
            if words.kind and base.kind != words.kind and words.kind in _EXAMPLES:
                return replace(memory, question=_example(words.kind), variants=1, alone=words.alone)
            return replace(
                memory, question=base, variants=self.variants + 1, alone=words.alone or self.question is None
            )
        if not reading.questions and not reading.unread and (example := self._example(text, words)):
            return replace(memory, question=example, variants=0, alone=False, exemplified=True)
        if words.formula and self.question is not None and self.question.kind == "solve":
            return replace(memory, question=replace(self.question, formula=True))
        if self.alone and words.kind in {"solve", "evaluate"}:
            return memory  # the solution of what was left to the student
        if words.kind and self.question and not reading.unread and (again := _again(self, words.kind)):
            return replace(memory, question=again, variants=0, alone=False)
        return memory

    def _continued(self, question: Question, text: str) -> Question:
        """`what about x^2 - 16?` wants the same done to it as to the expression before."""
        before = self.question
        bare = question.kind == "simplify" and not isinstance(question.nodes[0], Rel)
        if before is None or before.kind not in _CARRIED or not bare or not _AND_THIS.search(without_name(text)):
            return question
        return replace(question, kind=before.kind, var=before.var)

    def _quoted_part(self, reading: Reading, text: str) -> Node | None:
        """The part of the last solution that the student wants to understand."""
        if self.question is None or len(reading.questions) != 1 or not _WHENCE.search(without_name(text)):
            return None
        (node,) = reading.questions[0].nodes[:1]
        try:
            question = self.current()
            found = question is not None and solve(question).place_of(write(node)) is not None
        except (Unsolved, TooLarge, Undefined, Unsupported):
            return None
        return node if found else None

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
        values = [answer_of(question) for question in reading.questions]
        if all(value is not None for value in values) and self.question.kind == "solve":
            names = {name for node in self.question.nodes for name in symbols(node)}
            return {name for value in values if value for name in [value[0]]} <= names
        return False

    def current(self) -> Question | None:
        """The problem at hand, which may be one that was set here; raises Unsolved."""
        if self.question is None or not self.variants:
            return self.question
        return similar(self.question, self.variants)


_CARRIED = frozenset({"factor", "expand", "derivative", "integral", "square", "primes"})
"""What is done to one expression after another."""
_AND_THIS = re.compile(
    r"what\s+about|how\s+about|^\s*(?:and|now|then|next)\b|^\s*(?:그럼|그러면|그리고|이번엔|이건|다음)", re.IGNORECASE
)
_WHENCE = re.compile(
    r"\bwhere\b|come\s+from|\bhow\s+(?:did|do|come)\b|\bwhy\b|\bget\b"
    r"|왜|어디서|어떻게|나온|나왔|나와|이해",
    re.IGNORECASE,
)


def _example(kind: Kind | None) -> Question:
    """A problem to start from when there is none."""
    wanted = kind if kind in _EXAMPLES else "solve"
    return Question(wanted, (parse(tokenize(_EXAMPLES[wanted])),))


def answer_of(question: Question) -> tuple[str, Node] | None:
    """The name and the value where a problem is nothing but `x = 3`."""
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
