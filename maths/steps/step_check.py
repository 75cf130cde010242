"""Checks a working line by line, up to the first line that does not follow."""

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from maths.reading.nodes import Diff, Integral, Node, Rel, Sym, stated_value, variables_of
from maths.reading.problems import Problem
from maths.steps.chain_check import (
    GOOD,
    UNSURE,
    ChainCheck,
    Verdict,
    as_equation,
    has_constant,
    has_plain_log,
    indefinite,
    integration_variable,
)
from maths.steps.checked_working import CheckedLine, CheckedWorking
from maths.steps.equation_slips import single
from maths.steps.same_value import compare_values
from maths.steps.slip_naming import name_expression_slip
from maths.steps.solution_sets import Alternatives, holds_at
from maths.steps.stated_relations import definition_in, ends_of, has_condition, is_bound, meaning_in, system_size
from maths.steps.statement_check import StatementCheck, has_solution, names_in, substituted
from maths.steps.working import Line, Working, read_working

LONGEST_CHECK = 2.0
"""Seconds after which no further line is begun."""
GIVEN = Verdict("given")
_LOST = frozenset({"solution_lost", "no_plus_minus", "divided_by_unknown"})
"""Slips by which solutions are lost, which a condition may leave out."""


def check_text(text: str, problem: Problem | None = None) -> CheckedWorking:
    """The lines of a text, checked; `problem` is what the student was working on, if that is known."""
    return check_working(read_working(text), problem)


def check_working(working: Working, problem: Problem | None = None) -> CheckedWorking:
    """Check each line against the one before; the first, where that makes sense, against the problem.

    `log` without a base is read as the decimal one, and as ln where only that makes the working right.
    """
    working = _lone_claim(working)
    if problem is not None and (whole := _after_problem(working, problem)) is not None:
        return whole
    return _check(working)


_VAGUE = frozenset({"arithmetic", "sign", "term_lost", "order", "power_as_product"})


def _lone_claim(working: Working) -> Working:
    """`(2x)^3 = 2x^3` alone: a rewriting, if its sides are equal or a known slip leads from one to the other."""
    if len(working.lines) != 1 or (relation := single(working.lines[0].alternatives)) is None or relation.ops != ("=",):
        return working
    slip = name_expression_slip(*relation.sides)
    if compare_values(*relation.sides) not in {"same", "positive"} and (slip is None or slip.name in _VAGUE):
        return working
    line = replace(working.lines[0], kind="chain", nodes=relation.sides, alternatives=())
    return replace(working, lines=(line,))


def _check(working: Working) -> CheckedWorking:
    checked = _Check(working, natural=False).checked()
    nodes = [node for line in working.lines for node in (*line.nodes, *_relations(line))]
    if checked.wrong is not None and has_plain_log(*nodes):
        again = _Check(working, natural=True).checked()
        if again.wrong is None or again.wrong > checked.wrong:
            return again
    return checked


def _relations(line: Line) -> list[Node]:
    return [relation for part in line.alternatives for relation in part]


def _after_problem(working: Working, problem: Problem) -> CheckedWorking | None:
    """The working with the problem before it; None if it has the problem in it, or is about something else."""
    given = problem_line(problem)
    if given is None or not working.lines or given.kind != working.lines[0].kind:
        return None
    first = working.lines[0]
    if given.kind == "statement" and set(names_in(given.alternatives)) != set(names_in(first.alternatives)):
        return None
    if first.alternatives == given.alternatives and first.nodes[:1] == given.nodes[:1]:
        return None
    kind = problem.kind if working.kind is None else working.kind
    whole = _check(replace(working, lines=(given, *working.lines), kind=kind))
    if whole.wrong == 1 and (whole.lines[1].slip is None or whole.lines[1].slip.name == "arithmetic"):
        return None  # more likely another problem than a slip
    return replace(whole, from_problem=True)


def problem_line(problem: Problem) -> Line | None:
    """A problem as the first line of its working; None for kinds that have none."""
    if problem.word is not None or problem.within is not None:
        return None
    relations = tuple(node for node in problem.nodes if isinstance(node, Rel))
    if relations:
        fits = problem.kind == "solve" and len(relations) == len(problem.nodes)
        return Line("", "statement", alternatives=(relations,)) if fits else None
    if len(problem.nodes) != 1 or problem.values:
        return None
    if problem.kind in {"derivative", "integral", "simplify", "expand", "factor", "evaluate"}:
        return Line("", "chain", nodes=problem.nodes)
    return None


class _Check:
    """Goes through the lines once."""

    def __init__(self, working: Working, *, natural: bool) -> None:
        self._working = working
        self._lines = working.lines
        self._natural = natural
        self._chain = ChainCheck(natural)
        self._statements = StatementCheck(natural)
        self._meanings: dict[str, Node] = {}
        self._value: Node | None = None
        self._order = 0
        self._label = ""
        self._integrated = ""
        self._operator = working.kind if working.kind in {"derivative", "integral"} else None
        self._system = system_size(self._lines)
        self._restricted = False
        """Whether a condition such as `x > 0` was stated."""

    def checked(self) -> CheckedWorking:
        """All lines with their marks."""
        results: list[CheckedLine] = []
        began = time.monotonic()
        for at, line in enumerate(self._lines):
            if time.monotonic() - began > LONGEST_CHECK:
                left_out = self._working.left_out + len(self._lines) - at
                return CheckedWorking(tuple(results), left_out=left_out)
            verdict = self._verdict(at, line)
            results.append(CheckedLine(line, verdict.status, verdict.slip, verdict.note))
            if verdict.status == "wrong":
                results += [CheckedLine(later, "later") for later in self._lines[at + 1 :]]
                break
        return CheckedWorking(tuple(results), left_out=self._working.left_out)

    def _verdict(self, at: int, line: Line) -> Verdict:
        if line.kind == "unread":
            self._value = None
            return UNSURE
        if line.kind == "none":
            return self._of_nothing()
        if line.kind == "statement":
            return self._of_statement(at, line)
        return self._of_chain(at, line)

    # -- chains of expressions

    def _of_chain(self, at: int, line: Line) -> Verdict:
        nodes = line.nodes
        equation = as_equation(nodes, labelled=bool(line.label))
        if equation is None and self._value is not None and (line.label or line.continues):
            equation = as_equation((self._value, *nodes[-1:]), labelled=bool(line.label))
        ends_in_equation = equation is not None
        verdict, rest = self._first_of(at, line)
        pairs = list(pairwise(nodes))
        for place, (before, after) in enumerate(pairs[: len(pairs) - ends_in_equation] if nodes[1:] else []):
            if verdict.status == "wrong":
                return verdict
            later = self._constant_later(at, nodes[place + 2 :])
            found = self._chain.compare(before, after, approximate_sign=line.approximate, constant_later=later)
            verdict = _worse(verdict, found)
            self._note_integral(before)
        if equation is not None and verdict.status != "wrong":
            self._statements.begin(((equation,),))
            self._value = None
            return verdict
        self._value = nodes[-1] if rest else self._value
        if len(nodes) > 1 and verdict.status == "given":
            return UNSURE
        return verdict

    def _note_integral(self, before: Node) -> None:
        if (integral := indefinite(before)) is not None:
            self._integrated = integration_variable(integral)

    def _first_of(self, at: int, line: Line) -> tuple[Verdict, bool]:
        """The verdict on the beginning of a chain against what stands before it."""
        first = line.nodes[0]
        if line.label:
            return self._of_label(at, line, first)
        linked = line.continues or len(line.nodes) == 1
        if self._value is None or not linked:
            if len(line.nodes) == 1:
                self._begin_chain(first)
                return GIVEN, self._operator is None
            if self._value is not None and compare_values(self._value, first) == "same":
                return GOOD, True
            self._label, self._order, self._operator = "", 0, None
            return GIVEN, True
        return self._after_value(at, line, first), True

    def _begin_chain(self, first: Node) -> None:
        """Take an expression as given; `differentiate` makes its derivative of it."""
        self._label, self._order = "", 0
        self._value = first
        name = _letter(first)
        if self._operator == "derivative" and name and not isinstance(first, Diff):
            self._value = Diff(first, Sym(name))
        elif self._operator == "integral" and name and not indefinite(first):
            self._value = Integral(first, Sym(name))

    def _after_value(self, at: int, line: Line, node: Node) -> Verdict:
        assert self._value is not None
        later = self._constant_later(at, line.nodes[1:])
        verdict = self._chain.compare(self._value, node, approximate_sign=line.approximate, constant_later=later)
        self._note_integral(self._value)
        if verdict.status != "wrong":
            return verdict
        if (
            self._integrated
            and not indefinite(self._value)
            and self._chain.same_up_to_constant(self._value, node, self._integrated)
        ):
            return GOOD
        if self._is_rewritten(node) and not line.continues:
            self._begin_chain(node)
            return GOOD
        if self._is_derivative(node) or (
            self._operator is None and not line.continues and not _has_letter_in_common(self._value, node)
        ):
            return UNSURE
        return verdict

    def _is_derivative(self, node: Node) -> bool:
        """Whether a line is the derivative of the one before, though nothing says so."""
        if self._value is None or not (name := _letter(self._value)):
            return False
        return compare_values(Diff(self._value, Sym(name)), node, natural=self._natural) == "same"

    def _is_rewritten(self, node: Node) -> bool:
        """Whether a line only rewrites the function that is to be differentiated or integrated."""
        if not self._operator or not isinstance(self._value, Diff | Integral):
            return False
        return compare_values(self._value.body, node, natural=self._natural) in {"same", "positive"}

    def _of_label(self, at: int, line: Line, first: Node) -> tuple[Verdict, bool]:
        """`f'(x) = …`: the derivative of `f`, or a new name for a value."""
        before, order = self._value, self._order
        same = self._label == line.label and before is not None
        self._label, self._order, self._operator = line.label, line.order, None
        if not same or before is None:
            return (GIVEN, True) if not line.order or before is None else (UNSURE, True)
        if line.order < order:
            return UNSURE, True
        name = line.variable or _letter(before)
        for _ in range(line.order - order - 1):
            before = Diff(before, Sym(name))
        if line.order > order:
            before = Diff(before, Sym(name))
        if as_equation((before, first), labelled=True) is not None and len(line.nodes) == 1:
            return GOOD, True
        later = self._constant_later(at, line.nodes[1:])
        return self._chain.compare(before, first, approximate_sign=line.approximate, constant_later=later), True

    def _constant_later(self, at: int, rest: Sequence[Node]) -> bool:
        nodes = [*rest, *(node for line in self._lines[at + 1 :] for node in line.nodes)]
        return any(has_constant(node) for node in nodes)

    # -- equations

    def _of_statement(self, at: int, line: Line) -> Verdict:
        chained = self._inner_values(line)
        if chained.status == "wrong":
            return chained
        stated = substituted(ends_of(line.alternatives), self._meanings)
        if line.defines and (named := definition_in(stated, self._statements.current)):
            self._meanings[named[0]] = named[1]
            return Verdict("good", note="substitution")
        if line.defines and self._statements.current is None and (named := meaning_in(stated)):
            self._chain.known[named[0]] = named[1]
            return GIVEN
        if self._is_condition(at, stated):
            self._restricted = True
            return GIVEN
        if chained.status == "good" and (value := self._new_letter(line)):
            self._chain.known[value[0]] = value[1]
            return chained
        self._remember(stated)
        if self._statements.current is None:
            self._statements.begin(stated)
            if self._system:
                self._statements.system += [relation for part in stated for relation in part]
            return GIVEN
        if self._system and self._given_in_system():
            self._statements.system += [relation for part in stated for relation in part]
            self._statements.begin(stated)
            return GIVEN
        later = [substituted(ends_of(one.alternatives), self._meanings) for one in self._lines[at + 1 :]]
        later = [one for one in later if one]
        restricted = line.restricted or self._restricted or has_condition(stated)
        verdict = self._statements.compare(stated, later, last=not later, restricted=restricted)
        if verdict.slip is not None and verdict.slip.name in _LOST and self._unread_before(at):
            verdict = UNSURE  # the line that could not be read may say why
        if verdict.status == "wrong" and at and self._lines[at - 1].approximate:
            verdict = UNSURE
        if verdict.status != "wrong":
            self._statements.follow(stated)
        return _worse(chained, verdict) if chained.status == "unsure" else verdict

    def _unread_before(self, at: int) -> bool:
        return any(line.kind == "unread" for line in self._lines[:at])

    def _is_condition(self, at: int, stated: Alternatives) -> bool:
        """Whether `x > 0` or `x ≠ 1` is stated beside an equation, whose solutions it restricts."""
        current, relation = self._statements.current, single(stated)
        if current is None or relation is None or relation.ops[0] == "=" or at + 1 == len(self._lines):
            return False
        equations = all(one.ops == ("=",) for part in current for one in part)
        return equations and is_bound(relation) and relation.sides[0].name in names_in(current)  # type: ignore[union-attr]

    def _new_letter(self, line: Line) -> tuple[str, Node] | None:
        """The letter, and its value, of `D = 25 - 24 = 1` or `a_10 = 3 + 9 * 2 = 21`, of which no line before tells."""
        if len(line.alternatives) != 1 or len(line.alternatives[0]) != 1:
            return None
        relation = line.alternatives[0][0]
        left, *rest = relation.sides
        known = names_in(self._statements.current) if self._statements.current is not None else []
        if not isinstance(left, Sym) or set(relation.ops) != {"="} or left.name in known or len(rest) < 2:
            return None
        return None if variables_of(rest[-1]) else (left.name, rest[-1])

    def _given_in_system(self) -> bool:
        return len(self._statements.system) < self._system

    def _remember(self, stated: Alternatives) -> None:
        """Values of letters, `x = 2`, with which later chains may be right."""
        if len(stated) == 1:
            for relation in stated[0]:
                if (value := stated_value(relation)) is not None:
                    self._chain.known[value[0]] = value[1]

    def _inner_values(self, line: Line) -> Verdict:
        """The further sides of `x = 6/2 = 3`, which are to be equal."""
        verdict = GOOD
        for part in line.alternatives:
            for relation in part:
                if set(relation.ops) == {"="} and len(relation.sides) > 2:
                    for before, after in zip(relation.sides[1:], relation.sides[2:], strict=False):
                        verdict = _worse(verdict, self._chain.compare(before, after))
        return verdict

    def _of_nothing(self) -> Verdict:
        current = self._statements.current
        if current is not None and not names_in(current):  # `1 = 2`, which was found to be right
            return GOOD if not holds_at(current, "", None) else UNSURE
        if current is None or len(names := names_in(current)) != 1:
            return UNSURE
        solved = has_solution(current, names[0], natural=self._natural)
        return UNSURE if solved is None else Verdict("wrong") if solved else GOOD


def _worse(one: Verdict, other: Verdict) -> Verdict:
    order = ("wrong", "unsure", "good", "given")
    return min((one, other), key=lambda verdict: order.index(verdict.status))


def _letter(node: Node) -> str:
    names = variables_of(node)
    return "x" if "x" in names or not names else names[0]


def _has_letter_in_common(one: Node, other: Node) -> bool:
    names = set(variables_of(one))
    return bool(names & set(variables_of(other))) or not names or not variables_of(other)
