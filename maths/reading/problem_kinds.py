"""Tells the kind of a problem by the form of its expressions: what is to be done with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from maths.reading.intent import OF_NUMBERS, ProblemKind
from maths.reading.lexer import Token
from maths.reading.nodes import (
    Apply,
    Call,
    Change,
    Diff,
    Integral,
    Limit,
    Node,
    Rel,
    Series,
    Substitution,
    Sym,
    rewrite,
    variables_of,
    walk,
)


def bounded(nodes: Sequence[Node]) -> tuple[Rel, Rel] | None:
    """An equation in one unknown, and the interval for its solutions; None if the nodes are anything else."""
    equations = [node for node in nodes if isinstance(node, Rel) and node.ops == ("=",)]
    intervals = [
        node
        for node in nodes
        if isinstance(node, Rel) and len(node.ops) == 2 and set(node.ops) <= {"<", "<="}
        and isinstance(node.sides[1], Sym) and not variables_of(node.sides[0]) and not variables_of(node.sides[2])
    ]  # fmt: skip
    if not equations or not intervals or variables_of(equations[0]) != variables_of(intervals[0]):
        return None
    return equations[0], intervals[0]


def is_claim(node: Node) -> bool:
    """Whether a node is an equation with letters on both sides, which may be meant for all their values."""
    return isinstance(node, Rel) and node.ops == ("=",) and all(variables_of(side) for side in node.sides)


def is_complex(node: Node) -> bool:
    """Whether i is the imaginary unit: in `(1 + i)(1 - i)` there is no other letter, and i is no index."""
    alone = variables_of(node) == ["i"] and node != Sym("i")
    return alone and not isinstance(node, Rel) and not any(isinstance(part, Series | Apply) for part in walk(node))


def body_of(node: Node) -> Node:
    """The right side of `y = x^2`; any other expression as it is."""
    return node.sides[1] if isinstance(node, Rel) else node


def guessed_variable(node: Node) -> str:
    """The variable that is most likely meant: x if the expression has it."""
    names = variables_of(body_of(node))
    return "x" if "x" in names or not names else names[0]


def is_slash_derivative(tokens: Sequence[Token]) -> bool:
    """Whether the tokens begin with `d/dx`."""
    return [token.kind for token in tokens[:3]] == ["name", "op", "diff"] and [one.text for one in tokens[:2]] == [
        "d",
        "/",
    ]


def is_definition(node: Node) -> bool:
    """`f(x) = x^2 + 1`."""
    match node:
        case Rel(("=",), (Apply(_, 0, Sym()), _)):
            return True
    return False


@dataclass(frozen=True)
class Unfold(Change):
    """Puts a function's definition in the place of its uses."""

    definitions: dict[str, tuple[str, Node]]

    def __call__(self, node: Node) -> Node:
        """The definition with the argument put in, its derivative for `f'`; any other node as it is."""
        if not isinstance(node, Apply) or node.name not in self.definitions:
            return node
        var, body = self.definitions[node.name]
        if node.primes:
            body = Diff(body, Sym(var), node.primes)
            return body if node.arg == Sym(var) else Call("at", (body, Sym(var), node.arg))
        return rewrite(body, Substitution(var, node.arg))


def is_system(equations: list[Rel]) -> bool:
    """Whether equations must be solved together: they have several unknowns, and share one."""
    if len(equations) < 2 or any(set(equation.ops) != {"="} for equation in equations):
        return False
    names = [set(variables_of(equation)) for equation in equations]
    every = set().union(*names)
    shared = any(one & other for place, one in enumerate(names) for other in names[place + 1 :])
    return len(every) > 1 and shared


def kind_of(node: Node, asked: ProblemKind | None) -> ProblemKind:
    """The kind of problem: the one that was asked for, if it makes sense; else by the expression's form."""
    match node:
        case Diff():
            return "derivative"
        case Integral():
            return "integral"
        case Limit():
            return "limit"
        case Rel() if asked not in {"derivative", "integral", "expand", "solve", "tangent"}:
            return "solve"
    if not variables_of(node) and not isinstance(node, Rel):
        return asked if asked in {"derivative", "integral", "factor", "simplify"} else "evaluate"
    if any(isinstance(part, Diff | Integral | Limit | Series) for part in walk(node)):
        return "evaluate"
    if asked == "divisors":
        return "factor"
    if asked in {*OF_NUMBERS, "primes", "decimal", "remainder"} or asked is None:
        return "simplify"
    return asked
