"""Reads LaTeX answers back with nothing but Python's own arithmetic, so that they can be checked independently."""

import math
import re
from collections.abc import Mapping

NAMES = {
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "arcsin": math.asin,
    "arccos": math.acos,
    "arctan": math.atan,
    "ln": math.log,
    "sqrt": math.sqrt,
    "abs": abs,
    "pi": math.pi,
    "e": math.e,
    "root": lambda index, value: value ** (1 / index),
    "sinh": math.sinh,
    "cosh": math.cosh,
    "sec": lambda x: 1 / math.cos(x),
}


def value(latex: str, **variables: float) -> float:
    """The value of a LaTeX expression for some values of its variables."""
    code = python(latex, variables)
    result = eval(code, {"__builtins__": {}}, {**NAMES, **variables})
    return float(result)


def python(latex: str, variables: Mapping[str, float]) -> str:
    text = latex.replace(r"\left", "").replace(r"\right", "").replace(r"\,", " ")
    text = re.sub(r"\|([^|]*)\|", r" {abs{\1}}", text)
    text = text.replace(r"\cdot", "*").replace(r"\times", "*").replace(r"\pi", " pi ").replace(r"\infty", "inf")
    while r"\frac" in text or r"\sqrt" in text:
        text = _command(text)
    text = text.replace("^", "**")
    text = re.sub(
        r"\\(sin|cos|tan|ln|arcsin|arccos|arctan|sinh|cosh|sec)\*\*\{(\d+)\}\s*(\w|\((?:[^()]|\([^()]*\))*\))",
        r" (\1{\3})**{\2}",
        text,
    )
    text = re.sub(r"\\(sin|cos|tan|ln|arcsin|arccos|arctan|sinh|cosh|sec)\s*(pi|\d+|[a-z]\b)", r" \1{\2}", text)
    text = re.sub(r"\\(\w+)", r" \1 ", text)
    return _multiplied(text.replace("{", "(").replace("}", ")"))


def _group(text: str, start: int) -> int:
    """The place behind the group that opens at `start`."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "{") - (text[place] == "}")
        if depth == 0:
            return place + 1
    raise ValueError(text)


def _command(text: str) -> str:
    """The last fraction or root of the text (the innermost, at its end) in Python's signs."""
    start = max(text.rfind(r"\frac"), text.rfind(r"\sqrt"))
    if text.startswith(r"\sqrt", start):
        index = re.match(r"\\sqrt\[(\d+)\]", text[start:])
        opening = start + (len(index[0]) if index else 5)
        end = _group(text, opening)
        inside = text[opening + 1 : end - 1]
        made = f" root{{{index[1]}, {inside}}}" if index else f" sqrt{{{inside}}}"
        return text[:start] + made + text[end:]
    middle = _group(text, start + 5)
    end = _group(text, middle)
    return f"{text[:start]} (({text[start + 6 : middle - 1]})/({text[middle + 1 : end - 1]})) {text[end:]}"


_TOKEN = re.compile(r"\s*(\d+\.\d+|\d+|[A-Za-z]+|\*\*|.)")


def _multiplied(text: str) -> str:
    """Signs of multiplication where there are none."""
    tokens = [match[1] for match in _TOKEN.finditer(text.strip()) if match[1].strip()]
    result: list[str] = []
    for token in tokens:
        if result:
            last = result[-1]
            ends = last == ")" or last[-1].isalnum()
            starts = token == "(" or token[0].isalnum()
            call = token == "(" and last in NAMES and callable(NAMES[last])
            if ends and starts and not call:
                result.append("*")
        result.append(token)
    return "".join(result)
