"""What a conversation is about at some point: the current problem, what of it is asked, and the language.

It is made of the student's messages alone.
"""

import re
from dataclasses import dataclass, field, replace

from assistants.models.offline.example_problems import KIND_EXAMPLES, example_of, example_of_kind, named_example
from assistants.models.offline.explanations.explanation import Explanation
from assistants.models.offline.explanations.explanation_lookup import explanation_of
from maths.quizzes.similar_problems import similar_problem
from maths.reading.intent import OF_NUMBERS, ProblemKind
from maths.reading.language import Language, language_of
from maths.reading.lexer import UnreadableNumber
from maths.reading.message_prefixes import split_quotation, without_name
from maths.reading.message_reader import read_message
from maths.reading.nodes import Integral, Limit, Node, Num, Rel, stated_value, variables_of
from maths.reading.problems import Problem, Reading
from maths.solving.solution import Unsolved
from maths.solving.solver import solve
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported
from maths.writing.latex import node_latex


@dataclass(frozen=True, slots=True)
class ConversationState:
    """The state of a conversation after some messages of the student."""

    problem: Problem | None = None
    """The last problem that the student wrote, or an example."""
    variants: int = 0
    """How often the student asked for another problem like it."""
    left_to_student: bool = False
    """The student wants to solve the current problem alone."""
    student_language: Language | None = None
    """The language of the student's last words."""
    asked_part: Node | None = None
    """The part of the last solution that the student asks about: `where does x - 3 come from?`."""
    exercises: tuple[tuple[str, Problem], ...] = ()
    """The exercises of the last list, each with its number as it was written."""
    of_list: str | None = None
    """The number of the exercise that the last message asks about."""
    hints: int = 0
    """The hints that were given for the current problem, with the one to give now; 0: its solution may be told."""
    hint_now: bool = False
    """The last message asks for a hint."""
    solution_now: bool = False
    """The last message asks for the solution, after hints."""
    idea: Explanation | None = None
    """The idea that the last message wants explained."""
    reading: Reading | None = field(default=None, compare=False)
    fixed_language: Language | None = None
    """The language to answer in, whatever the student writes."""

    @property
    def language(self) -> Language:
        """The language to answer in."""
        return self.fixed_language or self.student_language or "en"

    def after(self, message: str) -> "ConversationState":
        """The state after one more message of the student, which may quote in front what it replies to."""
        text, quoted = split_quotation(message)
        before = self._quoting(quoted) if quoted else self
        return before._after(text)

    def _quoting(self, quoted: str) -> "ConversationState":
        """The state in which the problem of the quotation, if there is one, is the current one."""
        try:
            problems = read_message(quoted).problems
        except UnreadableNumber:
            return self
        return replace(self, problem=problems[0], variants=0, left_to_student=False) if problems else self

    def _after(self, text: str) -> "ConversationState":
        spoken = language_of(without_name(text)) or self.student_language or language_of(text)
        try:
            reading = read_message(text)
        except UnreadableNumber:
            return replace(self, student_language=spoken, reading=None)
        state = replace(
            self,
            student_language=spoken,
            reading=reading,
            idea=None,
            asked_part=None,
            of_list=None,
            hint_now=False,
            solution_now=False,
        )
        if self.is_attempt(reading) or (reading.tried and not reading.problems):
            return state
        if hinted := self._after_hint(state, reading):
            return hinted
        after = self._after_list(state, reading, text) or self._after_request(state, reading, text)
        same = after.problem == self.problem and after.variants == self.variants
        return after if same else replace(after, hints=0)

    def _after_hint(self, state: "ConversationState", reading: Reading) -> "ConversationState | None":
        """The state after a message that wants a hint, or not to be told the answer; None after any other."""
        intent = reading.intent
        further = bool(self.hints) and intent.more and not reading.problems
        wanted = (intent.hint or further or (intent.held and not intent.another)) and not intent.solution
        if not wanted:
            if self.hints and self.problem is not None and intent.solution and not reading.problems:
                return replace(state, hints=0, left_to_student=False, solution_now=True)
            return None
        if reading.problems and not reading.in_passing:
            listed = tuple((part.label, part.reading.problems[0]) for part in reading.parts if part.reading.problems)
            return replace(
                state, problem=reading.problems[0], variants=0, left_to_student=True, hints=1, hint_now=True,
                exercises=listed or self.exercises,
            )  # fmt: skip
        if self.problem is None:
            return replace(state, hint_now=True)
        return replace(state, left_to_student=True, hints=self.hints + 1, hint_now=True)

    def _after_request(self, state: "ConversationState", reading: Reading, text: str) -> "ConversationState":
        """The state after a message that is neither a try nor about a list; `state` knows its words already."""
        intent = reading.intent
        if part := self._asked_part(reading, text):
            return replace(state, asked_part=part)
        if reading.problems and not reading.in_passing and not self._is_answer(reading):
            variants = 1 if intent.another else 0
            asked = self._continued(reading.problems[-1], text)
            reading = replace(reading, problems=(*reading.problems[:-1], asked))
            alone = intent.alone and bool(variants)
            return replace(state, problem=asked, variants=variants, left_to_student=alone, reading=reading)
        if not intent.another and (idea := self._idea(reading, text)):
            example = example_of(idea)
            return replace(state, idea=idea, problem=example or self.problem, variants=0, left_to_student=False)
        if intent.another:
            topic = named_example(text)
            base = self.problem or topic or example_of_kind(intent.kind)
            if topic is not None and (self.problem is None or topic.kind != self.problem.kind):
                return replace(state, problem=topic, variants=1, left_to_student=intent.alone or self.problem is None)
            if intent.kind and base.kind != intent.kind and intent.kind in KIND_EXAMPLES:
                return replace(state, problem=example_of_kind(intent.kind), variants=1, left_to_student=intent.alone)
            return replace(
                state, problem=base, variants=self.variants + 1, left_to_student=intent.alone or self.problem is None
            )
        if intent.by_formula and self.problem is not None and self.problem.kind == "solve":
            return replace(state, problem=replace(self.problem, by_formula=True))
        if self.left_to_student and intent.kind in {"solve", "evaluate"}:
            return state  # the student wants the solution of the problem to solve alone
        if intent.kind and self.problem and not reading.unread and (again := _again(self, intent.kind)):
            return replace(state, problem=again, variants=0, left_to_student=False)
        return state

    def _after_list(self, state: "ConversationState", reading: Reading, text: str) -> "ConversationState | None":
        """The state after a list of exercises, or after a message that names one of them; None after any other."""
        intent = reading.intent
        if reading.parts and not intent.another:
            last = next(part.reading.problems[-1] for part in reversed(reading.parts) if part.reading.problems)
            listed = tuple((part.label, part.reading.problems[0]) for part in reading.parts if part.reading.problems)
            return replace(state, problem=last, variants=0, left_to_student=False, exercises=listed)
        if not reading.problems and (label := self._exercise_named(text)):
            variants = 1 if intent.another else 0
            named = dict(self.exercises)[label]
            return replace(state, problem=named, variants=variants, left_to_student=intent.alone, of_list=label)
        return None

    def _exercise_named(self, text: str) -> str | None:
        """The number of an exercise of the last list that a message names: `explain (3)`, `3번 풀이`."""
        if not self.exercises or (found := _EXERCISE.search(without_name(text))) is None:
            return None
        label = next(group for group in found.groups() if group)
        return next((one for one, _ in self.exercises if one.lower() == label.lower()), None)

    def _continued(self, problem: Problem, text: str) -> Problem:
        """`what about x^2 - 16?`: the same is to be done as to the expression before."""
        before = self.problem
        bare = problem.kind == "simplify" and not isinstance(problem.nodes[0], Rel)
        if (
            before is None
            or before.kind not in _REPEATED_KINDS
            or not bare
            or not _NEXT_EXPRESSION.search(without_name(text))
        ):
            return problem
        return replace(problem, kind=before.kind, var=before.var)

    def _asked_part(self, reading: Reading, text: str) -> Node | None:
        """The part of the last solution that the student wants to understand."""
        if self.problem is None or len(reading.problems) != 1 or not _ASKS_FROM_WHERE.search(without_name(text)):
            return None
        (node,) = reading.problems[0].nodes[:1]
        try:
            problem = self.current()
            found = problem is not None and solve(problem).place_of(node_latex(node)) is not None
        except (Unsolved, TooLarge, Undefined, Unsupported):
            return None
        return node if found else None

    def _idea(self, reading: Reading, text: str) -> Explanation | None:
        """The idea that the student wants explained; none if the words are about the current problem."""
        if reading.problems or reading.unread or reading.intent.step is not None:
            return None
        words = without_name(text)
        if self.problem is not None and reading.intent.by_formula and not _WHAT_IS.search(words):
            return None  # the current equation is to be solved by it
        return None if self.problem is not None and _THIS.search(words) else explanation_of(words)

    def is_attempt(self, reading: Reading) -> bool:
        """Whether the message is the student's try at a problem to solve alone."""
        tried = reading.only is not None and reading.intent.kind in {None, "evaluate"} and not reading.intent.another
        return self.left_to_student and tried and not (isinstance(reading.only, Rel) and not stated_value(reading.only))

    def _is_answer(self, reading: Reading) -> bool:
        """Whether `x = 3` answers the current problem and is no new one."""
        if self.problem is None or reading.intent.another:
            return False
        values = [stated_answer(problem) for problem in reading.problems]
        if all(value is not None for value in values) and self.problem.kind == "solve":
            names = {name for node in self.problem.nodes for name in variables_of(node)}
            return {name for value in values if value for name in [value[0]]} <= names
        return False

    def current(self) -> Problem | None:
        """The current problem: the student's, or the one like it that was made last.

        Raises:
            Unsolved: no problem like it could be made.
        """
        if self.problem is None or not self.variants:
            return self.problem
        return similar_problem(self.problem, self.variants)

    def current_or_none(self) -> Problem | None:
        """The current problem; None if there is none, or if none like it could be made."""
        try:
            return self.current()
        except Unsolved:
            return None

    def with_working(self, problem: Problem | None) -> "ConversationState":
        """The state after a message with the student's own working on a problem, which stays the student's to solve."""
        if problem is None:
            return self
        return replace(self, problem=problem, variants=0, left_to_student=True, hints=0, hint_now=False)


_REPEATED_KINDS = frozenset({"factor", "expand", "derivative", "integral", "square", "primes"})
"""Kinds of problem of which a student often does several in a row."""
_NEXT_EXPRESSION = re.compile(
    r"what\s+about|how\s+about|^\s*(?:and|now|then|next)\b|^\s*(?:그럼|그러면|그리고|이번엔|이건|다음)", re.IGNORECASE
)
_EXERCISE = re.compile(
    r"(?:\b(?:number|no\.?|problem|question|exercise|part|item)|#|문제|문항)\s*\(?(\d{1,2}|[a-z])\)?(?![\w'])"
    r"|\((\d{1,2}|[a-z가-하])\)|(\d{1,2})\s*번(?!째)",
    re.IGNORECASE,
)
_WHAT_IS = re.compile(r"\bwhat(?:'s|\s+is)\b|뭐|무엇|이란|란\s*\?", re.IGNORECASE)
_THIS = re.compile(
    r"\b(?:this|that|these|those|it|my|above|last|previous)\b|이거|이걸|이게|이건|그거|그걸|저거|이\s?문제|그\s?문제|저\s?문제|이\s?식|위의|방금|아까",
    re.IGNORECASE,
)
_ASKS_FROM_WHERE = re.compile(
    r"\bwhere\b|come\s+from|\bhow\s+(?:did|do|come)\b|\bwhy\b|\bget\b"
    r"|왜|어디서|어떻게|나온|나왔|나와|이해",
    re.IGNORECASE,
)


def stated_answer(problem: Problem) -> tuple[str, Node] | None:
    """The name and the value where a problem is nothing but `x = 3`."""
    return stated_value(problem.nodes[0]) if len(problem.nodes) == 1 else None


def _again(state: ConversationState, kind: ProblemKind) -> Problem | None:
    """`now differentiate it`: the last expression, with something else done to it."""
    try:
        last = state.current()
    except Unsolved:
        return None
    if (
        last is None
        or len(last.nodes) > 1
        or kind == last.kind
        or kind in {*OF_NUMBERS, "evaluate", "primes", "limit", "decimal", "remainder"}
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
