"""What models cost. Money is counted in whole picodollars: prices have at most six decimals per million tokens, so that
nothing is ever rounded.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
LEAST_LONG: Final = 100_000
"""Tokens of input: requests with fewer are not told one by one (assistants/models/model_protocol.py)."""
MOST_LONG: Final = 10**8
_AMOUNTS: Final = ("input", "cached_input", "cache_write", "output")
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
    cache_write: int | None = None
    """Of an input token that the provider writes into its cache; None: as `input`."""
    long_above: int = 0
    """A request with more tokens of input costs `long` as a whole."""
    long: "Price | None" = None

    def of(self, request: "Request") -> int:
        """Picodollars of a request: the long price where it is long."""
        if self.long is not None and request.prompt > self.long_above:
            return self.long.of(request)
        return self.of_several(request)

    def of_several(self, requests: "Request") -> int:
        """Picodollars of the sum of requests none of which is long."""
        cached = min(max(requests.cached, 0), requests.prompt)
        written = min(max(requests.written, 0), requests.prompt - cached)
        write = self.input if self.cache_write is None else self.cache_write
        fresh = requests.prompt - cached - written
        return fresh * self.input + cached * self.cached_input + written * write + requests.completion * self.output


@dataclass(frozen=True, slots=True)
class Request:
    """The tokens of a request to a model, or of several: those of the prompt include what was `cached` (read from the
    provider's cache) and `written` (into it).
    """

    prompt: int
    completion: int
    cached: int = 0
    written: int = 0

    def __sub__(self, other: "Request") -> "Request":
        return Request(
            self.prompt - other.prompt,
            self.completion - other.completion,
            self.cached - other.cached,
            self.written - other.written,
        )


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

    def cost(self, model: str, request: Request) -> int:
        """Picodollars of a request; 0 for a model whose price is unknown."""
        price = self.of(model)
        return price.of(request) if price is not None else 0

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
        details = more.get("prompt_token_details") or more.get("prompt_tokens_details")
        whole = Request(
            run.usage.prompt_tokens,
            run.usage.completion_tokens,
            _count(details, "cached_tokens"),
            _count(details, "cache_write_tokens"),
        )
        cost = self._cost_of_run(model, whole, more.get("long_requests"))
        tokens = run.usage.total_tokens + shared_embedding_tokens(embedded)
        return Spent(tokens, cost + self.embedding_cost(embedded), model)

    def _cost_of_run(self, model: str, whole: Request, told: object) -> int:
        """Picodollars of a run of several requests; `told` are the long ones, as our own server tells them."""
        price = self.of(model)
        if price is None:
            return 0
        cost = 0
        for each in told if isinstance(told, list) else ():
            request = Request(
                _count(each, "prompt_tokens"),
                _count(each, "completion_tokens"),
                _count(each, "cached_tokens"),
                _count(each, "cache_write_tokens"),
            )
            if request.prompt <= whole.prompt and request.completion <= whole.completion:
                cost += price.of(request)
                whole -= request
        return cost + price.of_several(whole)

    def of_completion(self, model: str, usage: CompletionUsage) -> Spent:
        """What an answer of `POST /chat/completions` has used."""
        details = usage.prompt_tokens_details.to_dict() if usage.prompt_tokens_details is not None else {}
        request = Request(
            usage.prompt_tokens,
            usage.completion_tokens,
            _count(details, "cached_tokens"),
            _count(details, "cache_write_tokens"),
        )
        return Spent(usage.total_tokens, self.cost(model, request), model)

    def of_embeddings(self, tokens: int) -> Spent:
        """What texts of so many tokens cost to be made searchable."""
        return Spent(shared_embedding_tokens(tokens), self.embedding_cost(tokens), self.embedding_model)

    def estimate(self, model: str, *, prompt: int, completion: int) -> Spent:
        """What a request will use, before anything is known of it."""
        return Spent(prompt + completion, self.cost(model, Request(prompt, completion)), model)


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
    price = _price(where, {key: each for key, each in told.items() if key != "long"})
    if "long" not in told:
        return price
    where, long = f"{where}.long", told["long"]
    if not isinstance(long, dict) or "above" not in long:
        raise PricesError(f"{where} is a table with `above`, `input` and `output`")
    above = long["above"]
    if isinstance(above, bool) or not isinstance(above, int) or not LEAST_LONG <= above <= MOST_LONG:
        raise PricesError(f"{where}.above is a number of tokens from {LEAST_LONG:,} to {MOST_LONG:,}, not {above!r}")
    long_price = _price(where, {key: each for key, each in long.items() if key != "above"})
    return replace(price, long_above=above, long=long_price)


def _price(where: str, told: Mapping[str, Any]) -> Price:
    """Without `cached_input` and `cache_write`, those tokens cost what other input does."""
    if unknown := sorted(set(told) - set(_AMOUNTS)):
        known = ", ".join(f"`{each}`" for each in _AMOUNTS[:-1])
        raise PricesError(f"{where} has no `{unknown[0]}` ({known} and `{_AMOUNTS[-1]}` are known)")
    if missing := [each for each in ("input", "output") if each not in told]:
        raise PricesError(f"{where} lacks `{missing[0]}`")
    amounts = {each: _amount(f"{where}.{each}", amount) for each, amount in told.items()}
    cached = amounts.get("cached_input", amounts["input"])
    return Price(amounts["input"], cached, amounts["output"], amounts.get("cache_write"))


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


def _count(details: object, name: str) -> int:
    """A number of tokens, as our server and the provider tell it; 0 where they do not."""
    found = details.get(name) if isinstance(details, dict) else None
    return max(0, found) if isinstance(found, int) else 0
