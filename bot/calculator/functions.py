"""The functions `calculate`, `solve` and `check_steps`: their schemas, and the jobs that answer them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.sentences import maths_language, of_text


@dataclass(frozen=True, slots=True)
class Function:
    """A function that a worker process answers: `job` gets the value of the one argument, and the language."""

    name: str
    description: str
    argument: str
    argument_schema: Mapping[str, Any]
    job: str
    aliases: tuple[str, ...]
    """Other names for the argument that models write, bare."""
    localized: bool = True
    """Whether the job is told the language of the text that it gets."""

    @property
    def parameters(self) -> dict[str, Any]:
        """The JSON schema of its arguments."""
        return {
            "type": "object",
            "properties": {self.argument: dict(self.argument_schema)},
            "required": [self.argument],
        }

    @property
    def definition(self) -> dict[str, Any]:
        """The function as the API takes it."""
        return {"name": self.name, "description": self.description, "parameters": self.parameters}

    def job_arguments(self, value: Any) -> tuple[Any, ...]:
        """What the job is called with."""
        return (value, language_of(value)) if self.localized else (value,)


def language_of(value: Any) -> Literal["en", "ko"]:
    """The language of an argument: Korean if it has Hangul."""
    return maths_language(of_text("\n".join(value) if isinstance(value, list) else value))


CALCULATE: Final = Function(
    name="calculate",
    description=(
        "The exact value of one expression, and its decimal. Use it for every sum that you would otherwise do in your "
        "head: fractions, powers, roots, percentages, large numbers, units. Plain signs or LaTeX, no unknowns."
    ),
    argument="expression",
    argument_schema={
        "type": "string",
        "description": "Such as `(3/4 + 1/6) * 12`, `15% * 80`, `sqrt(2)^3`, `90 km/h in m/s`, `1/3 + 1/6 = 1/2`.",
    },
    job="maths.calculating.expression:calculate",
    aliases=("expr", "input", "formula", "calculation", "query", "text", "math", "equation"),
    localized=False,
)

SOLVE: Final = Function(
    name="solve",
    description=(
        "The answer and the steps of a problem: equations, systems, inequalities, derivatives, integrals, limits, "
        "factoring, short word problems. Check that `read` is the problem that you mean."
    ),
    argument="problem",
    argument_schema={
        "type": "string",
        "description": "Such as `solve x^2 - 5x + 6 = 0`, `x + y = 5, x - y = 1`, `differentiate x^2 sin(x)`.",
    },
    job="maths.calculating.problem:solve_problem",
    aliases=("question", "equation", "equations", "expression", "input", "query", "text", "task"),
)

CHECK_STEPS: Final = Function(
    name="check_steps",
    description=(
        "Checks a student's own working line by line: ✓ for each line that follows from the one before, ✗ for the "
        "first that does not, with the slip. Use it whenever a student shows working or asks where they went wrong."
    ),
    argument="lines",
    argument_schema={
        "type": "array",
        "items": {"type": "string"},
        "description": "The working as the student wrote it, a line an item, the problem first. Correct nothing in it.",
    },
    job="maths.calculating.working_check:check_lines",
    aliases=("steps", "working", "work", "solution", "text", "derivation"),
)

FUNCTIONS: Final = (CALCULATE, SOLVE, CHECK_STEPS)
