"""The slips that are known by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from maths.reading.nodes import Node

SlipName = Literal[
    "sign", "moved_sign", "one_side", "one_term", "first_term", "each_with_each", "square_of_sum", "cancelled_term",
    "not_turned", "turned_needlessly", "chain_rule", "product_rule", "quotient_rule", "derivative_power", "trig_sign",
    "integral_power", "integral_inner", "integral_constant", "fractions_added", "powers_multiplied", "power_of_power",
    "power_of_product", "negative_power", "power_as_product", "bases_multiplied", "log_of_sum", "log_of_product",
    "root_of_sum", "function_of_sum", "no_plus_minus", "divided_by_unknown", "wrong_inverse", "order", "term_lost",
    "extraneous", "solution_lost", "arithmetic",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip by its name; `parts` are the expressions that it happened to, for the sentence."""

    name: SlipName
    parts: Mapping[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mutant:
    """What comes out of an expression, or of one side of an equation, when the slip is made in it."""

    slip: Slip
    node: Node
