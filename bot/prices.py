"""What models cost. Money is counted in whole picodollars: prices have at most six decimals per million tokens, so that
nothing is ever rounded.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from openai.types import CompletionUsage
from openai.types.beta.threads import Run

PICO: Final = 10**12
"""Picodollars of a dollar."""
OWN_FILE: Final = Path(__file__).with_name("prices.toml")
HIGHEST: Final = 100_000
"""Dollars per million tokens: more is a slip of the pen."""
_DATED: Final = re.compile(r"-20\d\d-\d\d-\d\d$")
"""The end of a model's dated snapshot, `gpt-6-luna-2026-09-22`, which costs what the model does."""


class PricesError(Exception):
    """A file of prices cannot be read; the message is a sentence for the owner."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What was used, or is estimated to be."""

    tokens: int = 0
    picodollars: int = 0
    model: str = ""

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(self.tokens + other.tokens, self.picodollars + other.picodollars, self.model)

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(self.tokens - other.tokens, self.picodollars - other.picodollars, self.model)


@dataclass(frozen=True, slots=True)
class Price:
    """Picodollars of a token."""

    input: int
    cached_input: int
    output: int


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices by model; `embedding_model` is what texts are made searchable with."""

    models: Mapping[str, Price] = field(default_factory=dict)
    embeddings: Mapping[str, int] = field(default_factory=dict)
    embedding_model: str = ""
    as_of: str = ""
    answers_as: str = ""
    """The model that answers in the place of all others (`offline`); empty: each run's own."""

    def of(self, model: str) -> Price | None:
        """The price of a model; None: nobody has told it."""
        return self.models.get(model) or self.models.get(_DATED.sub("", model))

    def cost(self, model: str, *, prompt: int, cached: int, completion: int) -> int:
        """Picodollars of a request; 0 for a model whose price is unknown. `prompt` includes what was `cached`."""
        price = self.of(model)
        if price is None:
            return 0
        cached = min(max(cached, 0), prompt)
        return (prompt - cached) * price.input + cached * price.cached_input + completion * price.output

    def embedding_cost(self, tokens: int) -> int:
        """Picodollars of texts that are made searchable."""
        return tokens * self.embeddings.get(self.embedding_model, 0)

    def of_run(self, run: Run) -> Spent | None:
        """What a run has used; None: the server does not say (yet).

        The embeddings of its searches, which our own server tells, count as `EMBEDDING_SHARE` says.
        """
        if run.usage is None:
            return None
        more = run.usage.model_extra or {}
        embedded = more.get("embedding_tokens")
        embedded = embedded if isinstance(embedded, int) else 0
        model = self.answers_as or run.model
        cost = self.cost(
            model,
            prompt=run.usage.prompt_tokens,
            cached=_cached(more.get("prompt_token_details") or more.get("prompt_tokens_details")),
            completion=run.usage.completion_tokens,
        )
        tokens = run.usage.total_tokens + shared_embedding_tokens(embedded)
        return Spent(tokens, cost + self.embedding_cost(embedded), model)

    def of_completion(self, model: str, usage: CompletionUsage) -> Spent:
        """What an answer of `POST /chat/completions` has used."""
        cached = (usage.prompt_tokens_details.cached_tokens or 0) if usage.prompt_tokens_details is not None else 0
        cost = self.cost(model, prompt=usage.prompt_tokens, cached=cached, completion=usage.completion_tokens)
        return Spent(usage.total_tokens, cost, model)

    def of_embeddings(self, tokens: int) -> Spent:
        """What texts of so many tokens cost to be made searchable."""
        return Spent(shared_embedding_tokens(tokens), self.embedding_cost(tokens), self.embedding_model)

    def estimate(self, model: str, *, prompt: int, completion: int) -> Spent:
        """What a request will use, before anything is known of it."""
        return Spent(prompt + completion, self.cost(model, prompt=prompt, cached=0, completion=completion), model)


EMBEDDING_SHARE: Final = 10
"""Of tokens that are only made searchable, one in ten counts: they cost far less than those that a model reads, and a
class's textbooks must not use up the class's day. Their money counts whole.
"""


def shared_embedding_tokens(tokens: int) -> int:
    """What counts of tokens that are made searchable."""
    return -(-tokens // EMBEDDING_SHARE)


def tokens_of_bytes(size: int) -> int:
    """About how many tokens a text of `size` bytes has, where nobody tells: four bytes are one."""
    return -(-size // 4)


def read_prices(file: Path | None = None, embedding_model: str = "") -> Prices:
    """Our own prices, and over them those of `file`.

    Raises:
        PricesError: the file cannot be read, or a price in it is none.
    """
    own = _read(OWN_FILE)
    if file is None:
        return Prices(own.models, own.embeddings, embedding_model, own.as_of)
    hosts = _read(file)
    models, embeddings = {**own.models, **hosts.models}, {**own.embeddings, **hosts.embeddings}
    return Prices(models, embeddings, embedding_model, hosts.as_of or own.as_of)


def _read(file: Path) -> Prices:
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise PricesError(f"The file of prices {file} cannot be read: {error.strerror or error}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PricesError(f"The file of prices {file} is not TOML: {error}.") from None
    try:
        return _prices(read)
    except PricesError as error:
        raise PricesError(f"The file of prices {file} does not fit: {error}.") from None


def _prices(read: Mapping[str, Any]) -> Prices:
    if unknown := sorted(set(read) - {"as_of", "currency", "models", "embeddings"}):
        raise PricesError(f"`{unknown[0]}` is not known (`as_of`, `currency`, `models` and `embeddings` are)")
    currency = read.get("currency", "USD")
    if currency != "USD":
        raise PricesError(f"prices are in US dollars (`USD`), not in {currency!r}")
    as_of = read.get("as_of", "")
    if not isinstance(as_of, str | date):
        raise PricesError("`as_of` is a day such as 2026-11-30")
    models = {name: _model(name, told) for name, told in _table(read, "models").items()}
    embeddings = {name: _amount(f'embeddings."{name}"', told) for name, told in _table(read, "embeddings").items()}
    return Prices(models, embeddings, as_of=str(as_of))


def _table(read: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = read.get(name, {})
    if not isinstance(found, dict):
        raise PricesError(f"`{name}` is a table")
    return found


def _model(name: str, told: object) -> Price:
    where = f'models."{name}"'
    if not isinstance(told, dict):
        raise PricesError(f"{where} is a table with `input` and `output`")
    if unknown := sorted(set(told) - {"input", "cached_input", "output"}):
        raise PricesError(f"{where} has no `{unknown[0]}` (`input`, `cached_input` and `output` are known)")
    if missing := [each for each in ("input", "output") if each not in told]:
        raise PricesError(f"{where} lacks `{missing[0]}`")
    amounts = {each: _amount(f"{where}.{each}", amount) for each, amount in told.items()}
    return Price(amounts["input"], amounts.get("cached_input", amounts["input"]), amounts["output"])


def _amount(where: str, told: object) -> int:
    """Picodollars of a token, of dollars per million tokens."""
    if isinstance(told, bool) or not isinstance(told, int | Decimal):
        raise PricesError(f"{where} is a number of US dollars per million tokens such as 0.25, not {told!r}")
    try:
        amount = Decimal(told)
        micro = amount * 10**6
    except InvalidOperation:
        raise PricesError(f"{where} is no number of US dollars") from None
    if not amount.is_finite() or not 0 <= amount <= HIGHEST:
        raise PricesError(f"{where} is from 0 to {HIGHEST:,} US dollars per million tokens, not {told}")
    if micro != micro.to_integral_value():
        raise PricesError(f"{where} has more than six decimals: {told}")
    return int(micro)


def _cached(details: object) -> int:
    """The cached tokens of a run's usage, as our server and the provider tell them."""
    found = details.get("cached_tokens") if isinstance(details, dict) else None
    return found if isinstance(found, int) else 0
