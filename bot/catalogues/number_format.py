"""Numbers as a language writes them: `1,234.5` in English, `1.234,5` in German."""

from decimal import Decimal


def in_digits(language: str, value: float | Decimal, places: int = 0) -> str:
    """A number with just so many decimals, grouped by thousands, in a language by Discord's code (`pt-BR`).

    French groups with a no-break space that every font has, not with the narrow one.
    """
    from babel.numbers import format_decimal  # noqa: PLC0415 - commands that say nothing start without it

    pattern = "#,##0." + "0" * places if places else "#,##0"
    written = format_decimal(value, format=pattern, locale=language.replace("-", "_"))
    return written.replace("\u202f", "\u00a0")
