"""Parameters that a provider refuses, by model: they are left out, or renamed, from then on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from assistants.models.provider_errors import ProviderError

log = structlog.get_logger(__name__)

ABOUT_MEANING = frozenset({"response_format", "text", "tool_choice"})
"""Left out only where the provider has no such thing: a complaint about their value is the client's to hear."""
TOOL_PARAMETERS = frozenset({"tools", "tool_choice", "parallel_tool_calls"})

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Dialect:
    """One of the two APIs that providers speak, and what may be changed about a request that a provider refuses.

    `optional` are the parameters that an answer can do without (Groq takes no `include`, reasoning models no
    `temperature`). `renamed` are those that have another name elsewhere. `without_reasoning` returns the body without
    the reasoning of earlier answers.
    """

    path: str
    optional: frozenset[str]
    renamed: Mapping[str, str] = field(default_factory=dict)
    without_reasoning: Callable[[Body], Body] = lambda body: body


class RefusedParameters:
    """What the models of one provider do not take."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._refused: dict[str, set[str]] = {}
        self._renamed: dict[str, dict[str, str]] = {}

    def accepted(self, body: Body) -> dict[str, Any]:
        """`body` as its model is known to take it."""
        model = str(body["model"])
        refused, renamed = self._refused.get(model, ()), self._renamed.get(model, {})
        return {renamed.get(name, name): value for name, value in body.items() if name not in refused}

    def changed(self, body: Body, sent: Body, error: ProviderError) -> Body | None:
        """The body to try instead of `body`, remembered for later requests; None if no change may help.

        `sent` is what was made of `body` and refused. Meanwhile another request may have learnt the same.
        """
        if error.overlong:
            return None
        if error.unreadable_reasoning:
            plain = self._dialect.without_reasoning(body)
            return plain if plain != body else None
        name = self._parameter(body, sent, error)
        if name is None:
            return None
        model = str(body["model"])
        tell = log.warning if name == "tools" else log.info
        tell("model_parameter_refused", model=model, parameter=name, reason=error.message[:200])
        if (other := self._dialect.renamed.get(name)) is not None:
            self._renamed.setdefault(model, {})[name] = other
        else:
            self._refused.setdefault(model, set()).update(TOOL_PARAMETERS if name == "tools" else {name})
        return body

    def _parameter(self, body: Body, sent: Body, error: ProviderError) -> str | None:
        """The parameter to leave out, or to send under its other name."""
        if error.toolless and "tools" in sent and body.get("tool_choice") in ("auto", "none"):
            return "tools"
        changeable = self._dialect.optional | self._dialect.renamed.keys()
        name = error.objects_to(frozenset(body.keys() & sent.keys() & changeable))
        lasting = name in ABOUT_MEANING or name in self._dialect.renamed
        return None if lasting and not error.unsupported else name
