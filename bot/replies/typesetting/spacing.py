"""The space between neighbours in a row, by TeX's rules."""

from bot.replies.typesetting.tree import Delimiter, Fenced, Name, Node, Scripts, Space, Stack, Symbol, Tag

AROUND: dict[str, tuple[str, str]] = {
    "ord": ("0em", "0em"),
    "op": ("0.1em", "0.167em"),
    "bin": ("0.222em", "0.222em"),
    "rel": ("0.278em", "0.278em"),
    "open": ("0em", "0em"),
    "close": ("0em", "0em"),
    "punct": ("0em", "0.167em"),
}
"""The space before and after a symbol, by its role."""


def is_unary_after(before: Node | None) -> bool:
    """Whether a plus or minus after `before` is unary: it belongs to what follows."""
    match before:
        case None:
            return True
        case Symbol(_, role) | Delimiter(_, _, role):
            return role in {"bin", "rel", "open", "punct", "op"}
        case Stack(base):
            return is_unary_after(base)
        case _:
            return False


def is_relation(node: Node | None) -> bool:
    """Whether the node is the symbol of a relation."""
    return isinstance(node, Symbol) and node.role == "rel"


def has_space_before_relation(before: Node | None) -> bool:
    """Whether there is a space between `before` and a relation; two relations together are one, as in `:=`."""
    return before is not None and not (isinstance(before, Symbol) and before.role in {"rel", "open"})


def wants_gap(item: Node, after: Node | None) -> bool:
    """Whether there is a space between a function's name and what follows or precedes it without brackets."""
    base = item.base if isinstance(item, Scripts) else item
    if after is None:
        return False
    if not isinstance(base, Name):
        named = after.base if isinstance(after, Scripts) else after
        return (
            isinstance(named, Name)
            and not isinstance(item, Space)
            and not (isinstance(item, Symbol | Delimiter) and item.role in {"bin", "rel", "open", "punct", "op"})
        )
    match after:
        case Symbol(_, role):
            return role in {"ord", "op"}
        case Fenced() | Delimiter() | Space() | Tag():
            return False
        case _:
            return True
