"""What the relations of a line state: values, definitions, conditions, systems."""

from collections.abc import Sequence

from maths.reading.nodes import Node, Rel, Sym, stated_value, variables_of
from maths.steps.equation_slips import single
from maths.steps.solution_sets import Alternatives
from maths.steps.statement_check import names_in
from maths.steps.working import Line


def ends_of(line: Alternatives) -> Alternatives:
    """The line with `x = 3` for `x = 6/2 = 3`."""
    return tuple(tuple(end_of(relation) for relation in part) for part in line)


def end_of(relation: Rel) -> Rel:
    """`x = 3` of `x = 6/2 = 3`; any other relation as it is."""
    if set(relation.ops) == {"="} and len(relation.sides) > 2:
        return Rel(("=",), (relation.sides[0], relation.sides[-1]))
    return relation


def definition_in(stated: Alternatives, before: Alternatives | None) -> tuple[str, Node] | None:
    """The letter that `u = x^2` introduces, and what it stands for."""
    if len(stated) != 1 or len(stated[0]) != 1 or stated[0][0].ops != ("=",) or before is None:
        return None
    left, right = stated[0][0].sides
    known = names_in(before)
    for letter, meaning in ((left, right), (right, left)):
        if isinstance(letter, Sym) and letter.name not in known and set(variables_of(meaning)) <= set(known):
            return letter.name, meaning
    return None


def meaning_in(stated: Alternatives) -> tuple[str, Node] | None:
    """The letter of `let u = x^2 + 1`, and what it stands for."""
    relation = single(stated)
    if relation is None or relation.ops != ("=",) or not isinstance(relation.sides[0], Sym):
        return None
    name, node = relation.sides[0].name, relation.sides[1]
    return (name, node) if variables_of(node) and name not in variables_of(node) else None


def is_bound(relation: Rel) -> bool:
    """Whether a relation bounds a letter by a number: `x > 0`."""
    left, right = relation.sides[0], relation.sides[-1]
    return len(relation.sides) == 2 and isinstance(left, Sym) and not variables_of(right)


def has_condition(stated: Alternatives) -> bool:
    """Whether each alternative has a bound beside its equation: `n = 5, n > 0`."""
    return all(any(one.ops[0] != "=" and is_bound(one) for one in part) and len(part) > 1 for part in stated)


def system_size(lines: Sequence[Line]) -> int:
    """How many equations a system has that the working solves; 0 if it solves none."""
    stated = [line for line in lines if line.kind == "statement" and line.alternatives]
    if not stated:
        return 0
    first = stated[0].alternatives
    names = names_in(first)
    if len(names) < 2:
        return 0
    if len(first) == 1 and len(first[0]) > 1:
        return len(first[0])
    valued = {
        value[0]
        for line in stated[1:]
        for part in line.alternatives
        for relation in part
        if (value := stated_value(end_of(relation))) is not None
    }
    alone = [line for line in stated[1:] if len(names_in(line.alternatives)) == 1]
    if len(stated) > 2 and (len(valued) > 1 or alone) and len(names_in(stated[1].alternatives)) > 1:
        return len(set(names) | set(names_in(stated[1].alternatives)))
    return 0
