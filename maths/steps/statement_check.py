"""Checks equations, inequalities and systems: has each line the solutions of the one before?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from maths.reading.nodes import (
    Call,
    Const,
    Frac,
    Node,
    Postfix,
    Power,
    Product,
    Rel,
    Root,
    Substitution,
    Sum,
    Sym,
    rewrite,
    variables_of,
    walk,
    with_number,
)
from maths.steps.chain_check import GOOD, UNSURE, Verdict
from maths.steps.equation_slips import difference, name_equation_slip, name_lost_solutions, product_of, single
from maths.steps.linear_systems import system_solutions
from maths.steps.same_value import free_names, points, ratio, rounding
from maths.steps.slip import Slip
from maths.steps.solution_sets import (
    Alternatives,
    SetComparison,
    compare_solutions,
    holds_at,
    is_periodic,
)
from maths.values.numbers import Value, real

_TRIES = 3
"""So many values of the other letters are tried for an equation in several."""


def names_in(line: Alternatives) -> list[str]:
    """The unknowns of a line."""
    return free_names(*(relation for part in line for relation in part))


def substituted(line: Alternatives, meanings: dict[str, Node]) -> Alternatives:
    """The line with what the introduced letters stand for."""
    for name, node in meanings.items():
        line = tuple(
            tuple(_relation(rewrite(relation, Substitution(name, node))) for relation in part) for part in line
        )
    return line


def _relation(node: Node) -> Rel:
    assert isinstance(node, Rel)
    return node


@dataclass
class StatementCheck:
    """What was stated so far, and whether the next line follows from it."""

    natural: bool = False
    first: Alternatives | None = None
    current: Alternatives | None = None
    split: Alternatives | None = None
    """The line whose solutions are taken one by one since: `x - 2 = 0`, then `x - 3 = 0`."""
    system: list[Rel] = field(default_factory=list)
    """The equations of a system, all of which hold."""

    def begin(self, line: Alternatives) -> None:
        """Take a line as given."""
        self.first = self.first or line
        self.current = line
        self.split = None

    def follow(self, line: Alternatives) -> None:
        """Go on from a line that was good; from a solution that was put into a line, go on with the solution."""
        if self.current is None or not _is_solved(self.current) or _is_solved(line) or len(names_in(line)) != 1:
            self.current = line

    def compare(self, line: Alternatives, later: Sequence[Alternatives], *, last: bool, restricted: bool) -> Verdict:
        """Whether a line follows; `later` are the lines behind it; if `restricted`, words say why solutions are out."""
        assert self.current is not None
        names = names_in(line)
        if not names:
            return self._of_numbers(line)
        before = names_in(self.current)
        if len(set(names) | set(before)) > 1:
            return self._in_several(line, names, before)
        return self._in_one(line, names[0], later, last=last, restricted=restricted)

    # -- one unknown

    def _in_one(
        self, line: Alternatives, name: str, later: Sequence[Alternatives], *, last: bool, restricted: bool
    ) -> Verdict:
        assert self.current is not None
        if self._proportional(self.current, line):
            return self._at_the_end(line, name) if last else GOOD
        compared = self._compared(self.current, line, name)
        if compared.same:
            verdict = self._same(line, compared)
            return self._at_the_end(line, name) if last and verdict.status == "good" else verdict
        if (good := self._otherwise_good(line, name, compared)) is not None:
            return good
        if is_periodic(self.current, line) and (periodic := self._periodic(line, compared)) is not None:
            return periodic
        if compared.shared and not compared.lost and _is_solved(self.current):
            return GOOD  # `x^2 + 3x = 10` where x = 2
        if compared.lost and not compared.gained:
            return self._lost(line, name, compared, later, restricted=restricted)
        if compared.gained and not compared.lost and self._may_gain(self.current, line, name):
            return self._at_the_end(line, name) if last else Verdict("good", note="gained")
        return Verdict("wrong", name_equation_slip(self.current, line, natural=self.natural))

    def _otherwise_good(self, line: Alternatives, name: str, compared: SetComparison) -> Verdict | None:
        """Why a line with other solutions than the one before is good all the same; None if it may not be."""
        assert self.current is not None
        if self.first is not None and self.first != self.current and self._compared(self.first, line, name).same:
            return GOOD
        if _is_rounded(line, compared):
            return Verdict("good", note="rounded")
        if (bounds := _bounds(self.current)) and self._compared(self.current, _and(line, bounds), name).same:
            return GOOD
        if self.split is not None:
            part = self._compared(self.split, line, name)
            if part.shared and not part.gained:
                return Verdict("good", note="cases")
        return None

    def _periodic(self, line: Alternatives, compared: SetComparison) -> Verdict | None:
        """What is said of trigonometric equations, of which some solutions alone are looked at; None: no more."""
        assert self.current is not None
        if compared.shared and not (compared.gained and compared.lost):
            return GOOD if not compared.gained else UNSURE
        if compared.shared and not _is_solved(line):
            return UNSURE  # `cos θ = 4/5` behind `sin θ = 3/5`
        if not compared.shared and not _in_angles(line):  # `x = 30` may be meant in degrees
            slip = name_equation_slip(self.current, line, natural=self.natural)
            return UNSURE if slip is None or slip.name == "arithmetic" else Verdict("wrong", slip)
        return None

    def _compared(self, one: Alternatives, other: Alternatives, name: str) -> SetComparison:
        return compare_solutions(one, other, name, natural=self.natural)

    def _proportional(self, one: Alternatives, other: Alternatives) -> bool:
        """Whether the second equation is the first times a number: what is seen without solving."""
        before, after = single(one), single(other)
        if before is not None and after is not None and before.ops == after.ops == ("=",):
            return ratio(difference(before), difference(after), natural=self.natural) is not None
        wanted, said = product_of(one), product_of(other)
        return wanted is not None and said is not None and ratio(wanted, said, natural=self.natural) is not None

    def _same(self, line: Alternatives, compared: SetComparison) -> Verdict:
        if compared.shared:
            return GOOD
        assert self.current is not None
        slip = name_equation_slip(self.current, line, natural=self.natural)
        if compared.sure and (slip is None or slip.name == "arithmetic" or not line):
            return GOOD  # neither has a solution
        return UNSURE

    def _lost(
        self, line: Alternatives, name: str, compared: SetComparison, later: Sequence[Alternatives], *, restricted: bool
    ) -> Verdict:
        """A line that lost solutions: as one of several cases, or by a slip."""
        assert self.current is not None
        if compared.shared and restricted:
            return GOOD
        if compared.shared and _is_no_loss(name, compared):
            return Verdict("good", note="positive")
        if compared.shared and self._found_later(compared.lost, name, later):
            self.split = self.current
            return Verdict("good", note="cases")
        if not compared.shared:
            return Verdict("wrong", name_equation_slip(self.current, line, natural=self.natural))
        one = single(self.current)
        if one is None or one.ops != ("=",):
            return Verdict("wrong", name_equation_slip(self.current, line, natural=self.natural))
        slip = name_lost_solutions(self.current, compared.lost, name)
        if slip.name == "no_plus_minus" and self.first is not None and len(names_in(self.first)) > 1:
            return Verdict("good", note="positive")  # a formula's letters are sizes: `a² + b² = c²`
        return Verdict("wrong", slip)

    def _found_later(self, lost: Sequence[Value], name: str, later: Sequence[Alternatives]) -> bool:
        """Whether later lines have all solutions that are missing, and none that is false."""
        assert self.current is not None
        missing = list(lost)
        for line in later:
            if names_in(line) != [name]:
                continue
            compared = self._compared(self.current, line, name)
            if compared.gained:
                return False
            missing = [place for place in missing if not holds_at(line, name, place, natural=self.natural)]
        return not missing

    def _may_gain(self, before: Alternatives, line: Alternatives, name: str) -> bool:
        """Whether an honest step brought solutions in: squaring, clearing a denominator, joining logarithms."""
        one, other = single(before), single(line)
        if one is None or one.ops != ("=",):
            return False
        if other is not None and other.ops == ("=",):
            squares = [Power(side, with_number(2)) for side in one.sides]
            if ratio(Sum((("+", squares[0]), ("-", squares[1]))), difference(other), natural=self.natural) is not None:
                return True
        return any(_narrows(part, name) for part in walk(one))

    def _at_the_end(self, line: Alternatives, name: str) -> Verdict:
        """The last line is to have the solutions of the first, and no false one."""
        if self.first is None or self.first == self.current or not _is_solved(line):
            return GOOD
        if self._proportional(self.first, line):
            return GOOD
        compared = self._compared(self.first, line, name)
        if compared.gained and compared.sure | bool(compared.shared):
            return Verdict("wrong", Slip("extraneous"))
        return GOOD

    # -- several unknowns

    def _in_several(self, line: Alternatives, names: Sequence[str], before: Sequence[str]) -> Verdict:
        if self.system:
            return self._in_system(line)
        if set(names) - set(before) or not set(names) & set(before):
            return UNSURE
        verdict = self._in_letters(line, names)
        if verdict.status != "good" and set(names) < set(before):
            return Verdict("given")  # numbers were put in the places of letters: `3² + 4² = c²`
        return verdict

    def _in_system(self, line: Alternatives) -> Verdict:
        found = system_solutions(self.system)
        if not found or set(names_in(line)) - set(found[0]):
            return UNSURE
        held = [any(_all_hold(part, point) for part in line) for point in found]
        if all(held):
            return GOOD
        if any(held):
            return UNSURE
        for one in reversed(self.system):
            slip = name_equation_slip(((one,),), line, natural=self.natural)
            if slip is not None and slip.name != "arithmetic":
                return Verdict("wrong", slip)
        return Verdict("wrong", self._of_elimination(line))

    def _of_elimination(self, line: Alternatives) -> Slip | None:
        """A slip in adding or subtracting two of the equations."""
        said = single(line)
        if said is None:
            return None
        for at, one in enumerate(self.system):
            for other in self.system[at + 1 :]:
                for left, right in (("+", "-"), ("-", "+")):
                    sides = [
                        Sum((("+", one.sides[place]), (sign, other.sides[place])))
                        for place, sign in enumerate((left, right))
                    ]
                    made = Sum((("+", sides[0]), ("-", sides[1])))
                    if ratio(made, difference(said), natural=self.natural) is not None:
                        return Slip("sign")
                for side in (0, 1):
                    for sign in "+-":
                        joined = Sum((("+", one.sides[side]), (sign, other.sides[side])))
                        for alone in (one.sides[1 - side], other.sides[1 - side]):
                            if ratio(Sum((("+", joined), ("-", alone))), difference(said)) is not None:
                                return Slip("one_side")
        return Slip("arithmetic")

    def _in_letters(self, line: Alternatives, names: Sequence[str]) -> Verdict:
        """A formula rearranged: compared in one letter, for some values of the others."""
        assert self.current is not None
        if self._proportional(self.current, line):
            return GOOD
        name = _unknown_of(line, names)
        everything = names_in(self.current)
        others = points([one for one in everything if one != name])
        verdicts = [
            compare_solutions(self.current, line, name, point, natural=self.natural) for point in list(others)[:_TRIES]
        ]
        if all(one.same and one.shared for one in verdicts):
            return GOOD
        if any(one.same for one in verdicts) or not all(one.shared or (one.lost and one.gained) for one in verdicts):
            return UNSURE
        if all(one.lost and not one.gained for one in verdicts):
            slip = name_lost_solutions(self.current, verdicts[0].lost, name)
            positive = slip.name == "no_plus_minus" and all(place > 0 for one in verdicts for place in one.shared)
            # Most letters of formulas are sizes: `A = πr²` is solved by `r = √(A/π)`.
            return Verdict("good", note="positive") if positive else Verdict("wrong", slip)
        if all(one.lost and one.gained for one in verdicts):
            return Verdict("wrong", name_equation_slip(self.current, line, natural=self.natural))
        return UNSURE

    def _of_numbers(self, line: Alternatives) -> Verdict:
        """`3 < 5`, `0 = 0` or `0 = 5`: true, or false where the equation before has no solution."""
        if any(_all_hold(part, {}) for part in line):
            return GOOD
        assert self.current is not None
        names = names_in(self.current)
        if len(names) != 1:
            return UNSURE
        compared = self._compared(self.current, self.current, names[0])
        if not compared.shared:
            return GOOD
        return Verdict("wrong", name_equation_slip(self.current, line, natural=self.natural))


def _is_rounded(line: Alternatives, compared: SetComparison) -> bool:
    """Whether the line gives all solutions as rounded decimals."""
    stated = [part[0].sides[-1] for part in line] if _is_solved(line) else []
    tolerances = [tolerance for node in stated if (tolerance := rounding(node)) is not None]
    if not tolerances or not compared.lost or len(compared.lost) != len(compared.gained):
        return False
    pairs = zip(*(sorted(map(real, places)) for places in (compared.lost, compared.gained)), strict=True)
    return all(abs(exact - said) <= max(1, abs(exact)) * max(tolerances) for exact, said in pairs)


def _in_angles(line: Alternatives) -> bool:
    """Whether a solved line gives its values as multiples of π or in degrees."""
    return _is_solved(line) and any(
        part == Const("pi") or (isinstance(part, Postfix) and part.mark == "°") for one in line for part in walk(one[0])
    )


def _bounds(line: Alternatives) -> list[Rel]:
    """The bounds such as `x > 0` that stand beside a relation, and hold further on."""
    if len(line) != 1 or len(line[0]) < 2:
        return []
    return [one for one in line[0] if one.ops[0] != "=" and len(one.sides) == 2 and isinstance(one.sides[0], Sym)]


def _and(line: Alternatives, bounds: Sequence[Rel]) -> Alternatives:
    return tuple((*part, *bounds) for part in line)


def _is_no_loss(name: str, compared: SetComparison) -> bool:
    """Whether a letter usually stands for something that has the values which are left, and not those lost: the radius
    r is positive, and n is a whole number.
    """
    if name in {"r", "R", "sigma"}:
        return all(real(place) < 0 for place in compared.lost)
    if name in {"n", "N"}:
        left = [place for place in compared.shared if isinstance(place, Fraction) and place.denominator == 1]
        counted = [one for one in compared.lost if isinstance(one, Fraction) and one.denominator == 1 and one > 0]
        return len(left) == len(compared.shared) and not counted
    return False


def _all_hold(part: Sequence[Rel], point: dict[str, Value]) -> bool:
    return all(holds_at(((relation,),), "", None, point) for relation in part)


def _unknown_of(line: Alternatives, names: Sequence[str]) -> str:
    """The letter that a formula is solved for."""
    for part in line:
        for relation in part:
            if isinstance(relation.sides[0], Sym):
                return relation.sides[0].name
    return names[0]


def _is_solved(line: Alternatives) -> bool:
    return all(
        len(part) == 1 and isinstance(part[0].sides[0], Sym) and not variables_of(part[0].sides[-1]) for part in line
    )


def _narrows(node: Node, name: str) -> bool:
    """Whether an expression has a value at some places only: a root, a logarithm, a fraction with the unknown below."""
    match node:
        case Root(arg, index) if index % 2 == 0:
            return name in variables_of(arg)
        case Call("log" | "ln" | "abs", (arg,)):
            return name in variables_of(arg)
        case Frac(_, bottom):
            return name in variables_of(bottom)
        case Product(factors):
            return any(sign == "/" and name in variables_of(factor) for sign, factor in factors)
    return False


def has_solution(line: Alternatives, name: str, *, natural: bool = False) -> bool | None:
    """Whether a line has a real solution; None if that is not known."""
    compared = compare_solutions(line, line, name, natural=natural)
    if compared.shared:
        return True
    return False if compared.sure and not is_periodic(line) else None
