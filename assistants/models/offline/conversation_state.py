"""What stands at some point of a conversation, out of the student's messages alone."""

import re
from dataclasses import dataclass, field, replace

from assistants.models.offline.example_problems import example_of, named_example
from maths.quizzes.similar_problems import similar
from maths.reading.intent import Intent, ProblemKind
from maths.reading.language import Language, language_of
from maths.reading.lexer import UnreadableNumber, tokenize
from maths.reading.message_prefixes import split_quotation, without_name
from maths.reading.message_reader import read
from maths.reading.nodes import Integral, Limit, Node, Num, Rel, stated_value, variables_of
from maths.reading.parser import parse
from maths.reading.problems import Problem, Reading
from maths.solving.solution import Unsolved
from maths.solving.solver import solve
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported
from maths.writing.latex import write

_EXAMPLES: dict[ProblemKind, str] = {
    "solve": "3x + 11 = 14", "derivative": "x^3 + 2x", "integral": "3x^2 + 4x", "factor": "x^2 + 5x + 6",
    "expand": "(x + 2)(x + 3)", "simplify": "(x^2 - 4)/(x - 2)", "evaluate": "1/2 + 1/3", "primes": "60",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConversationState:
    """What stands at some point of a conversation: the last problem, how often another was asked for, the tongue."""

    problem: Problem | None = None
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

    def after(self, message: str) -> "ConversationState":
        """What stands after one more message of the student's; what it replies to may be quoted in front."""
        text, quoted = split_quotation(message)
        before = self._quoting(quoted) if quoted else self
        return before._after(text)

    def _quoting(self, quoted: str) -> "ConversationState":
        """The problem at hand is the one in the quotation, if there is one."""
        try:
            problems = read(quoted).problems
        except UnreadableNumber:
            return self
        return replace(self, problem=problems[0], variants=0, alone=False) if problems else self

    def _after(self, text: str) -> "ConversationState":
        spoken = language_of(without_name(text)) or self.heard or language_of(text)
        try:
            reading = read(text)
        except UnreadableNumber:
            return replace(self, heard=spoken, reading=None)
        intent = reading.intent
        memory = replace(self, heard=spoken, reading=reading, exemplified=False, quoted=None)
        if self.is_attempt(reading) or (reading.tried and not reading.problems):
            return memory
        if quoted := self._quoted_part(reading, text):
            return replace(memory, quoted=quoted)
        if reading.problems and not reading.in_passing and not self._is_answer(reading):
            variants = 1 if intent.another else 0
            asked = self._continued(reading.problems[-1], text)
            reading = replace(reading, problems=(*reading.problems[:-1], asked))
            alone = intent.alone and bool(variants)
            return replace(memory, problem=asked, variants=variants, alone=alone, reading=reading)
        if intent.another:
            topic = named_example(text)
            base = self.problem or topic or _example(intent.kind)
            if topic is not None and (self.problem is None or topic.kind != self.problem.kind):
                return replace(memory, problem=topic, variants=1, alone=intent.alone or self.problem is None)
            if intent.kind and base.kind != intent.kind and intent.kind in _EXAMPLES:
                return replace(memory, problem=_example(intent.kind), variants=1, alone=intent.alone)
            return replace(memory, problem=base, variants=self.variants + 1, alone=intent.alone or self.problem is None)
        if not reading.problems and not reading.unread and (example := self._example(text, intent)):
            return replace(memory, problem=example, variants=0, alone=False, exemplified=True)
        if intent.by_formula and self.problem is not None and self.problem.kind == "solve":
            return replace(memory, problem=replace(self.problem, by_formula=True))
        if self.alone and intent.kind in {"solve", "evaluate"}:
            return memory  # the solution of what was left to the student
        if intent.kind and self.problem and not reading.unread and (again := _again(self, intent.kind)):
            return replace(memory, problem=again, variants=0, alone=False)
        return memory

    def _continued(self, problem: Problem, text: str) -> Problem:
        """`what about x^2 - 16?` wants the same done to it as to the expression before."""
        before = self.problem
        bare = problem.kind == "simplify" and not isinstance(problem.nodes[0], Rel)
        if before is None or before.kind not in _CARRIED or not bare or not _AND_THIS.search(without_name(text)):
            return problem
        return replace(problem, kind=before.kind, var=before.var)

    def _quoted_part(self, reading: Reading, text: str) -> Node | None:
        """The part of the last solution that the student wants to understand."""
        if self.problem is None or len(reading.problems) != 1 or not _WHENCE.search(without_name(text)):
            return None
        (node,) = reading.problems[0].nodes[:1]
        try:
            problem = self.current()
            found = problem is not None and solve(problem).place_of(write(node)) is not None
        except (Unsolved, TooLarge, Undefined, Unsupported):
            return None
        return node if found else None

    def _example(self, text: str, intent: Intent) -> Problem | None:
        """An example of what the student asks about, unless the problem at hand is one."""
        example = example_of(without_name(text)) if intent.step is None else None
        return None if self.problem is not None and example and example.kind == self.problem.kind else example

    def is_attempt(self, reading: Reading) -> bool:
        """Whether the message is a try at the problem that was left to the student."""
        tried = reading.only is not None and reading.intent.kind in {None, "evaluate"} and not reading.intent.another
        return self.alone and tried and not (isinstance(reading.only, Rel) and not stated_value(reading.only))

    def _is_answer(self, reading: Reading) -> bool:
        """Whether `x = 3` answers the problem at hand rather than posing one."""
        if self.problem is None or reading.intent.another:
            return False
        values = [answer_of(problem) for problem in reading.problems]
        if all(value is not None for value in values) and self.problem.kind == "solve":
            names = {name for node in self.problem.nodes for name in variables_of(node)}
            return {name for value in values if value for name in [value[0]]} <= names
        return False

    def current(self) -> Problem | None:
        """The problem at hand, which may be one that was set here; raises Unsolved."""
        if self.problem is None or not self.variants:
            return self.problem
        return similar(self.problem, self.variants)


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


def _example(kind: ProblemKind | None) -> Problem:
    """A problem to start from when there is none."""
    wanted = kind if kind in _EXAMPLES else "solve"
    return Problem(wanted, (parse(tokenize(_EXAMPLES[wanted])),))


def answer_of(problem: Problem) -> tuple[str, Node] | None:
    """The name and the value where a problem is nothing but `x = 3`."""
    return stated_value(problem.nodes[0]) if len(problem.nodes) == 1 else None


def _again(memory: ConversationState, kind: ProblemKind) -> Problem | None:
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
    return Problem(kind, (node,)) if variables_of(node) else None
