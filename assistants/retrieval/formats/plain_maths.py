"""Mathematics as text: raised and lowered letters, and LaTeX's commands for symbols. All equation readers share it."""

import re
from collections.abc import Iterable
from typing import Final

_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_ORDINAL = re.compile(
    r"(?:st|nd|rd|th|er|re|ère|e|ème|es|o|a|os|as|º|ª|°|˚|[′″]+|tm|®|©|™|\*+|†+|‡+|['’\"”]+)", re.IGNORECASE
)
_NOTE = re.compile(r"\[.*\]|\(\d+\)")
_ATOM: Final = re.compile(r"[-+−]?(?:\d+(?:[.,]\d+)?|[^\W\d_])|[∗*′'°]")

SYMBOLS: Final = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\epsilon", "ϵ": r"\epsilon",
    "ζ": r"\zeta", "η": r"\eta", "θ": r"\theta", "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu",
    "ν": r"\nu", "ξ": r"\xi", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "υ": r"\upsilon",
    "φ": r"\phi", "ϕ": r"\phi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega", "Γ": r"\Gamma", "Δ": r"\Delta",
    "Θ": r"\Theta", "Λ": r"\Lambda", "Ξ": r"\Xi", "Π": r"\Pi", "Σ": r"\Sigma", "Φ": r"\Phi", "Ψ": r"\Psi",
    "Ω": r"\Omega", "∞": r"\infty", "±": r"\pm", "∓": r"\mp", "×": r"\times", "÷": r"\div", "⋅": r"\cdot",
    "·": r"\cdot", "≤": r"\le", "≥": r"\ge", "≠": r"\ne", "≈": r"\approx", "≡": r"\equiv", "∼": r"\sim",
    "→": r"\to", "⇒": r"\Rightarrow", "⇔": r"\Leftrightarrow", "←": r"\leftarrow", "∈": r"\in", "∉": r"\notin",
    "⊂": r"\subset", "⊆": r"\subseteq", "∪": r"\cup", "∩": r"\cap", "∅": r"\emptyset", "∀": r"\forall",
    "∃": r"\exists", "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "∬": r"\iint",
    "∮": r"\oint", "√": r"\surd", "∠": r"\angle", "⊥": r"\perp", "∥": r"\parallel", "°": r"^\circ", "′": "'",
    "…": r"\ldots", "⋯": r"\cdots", "∴": r"\therefore", "∵": r"\because", "△": r"\triangle", "⟨": r"\langle",
    "⟩": r"\rangle", "−": "-", "∗": "*", "∘": r"\circ", "\u2061": "", "\u2062": "", "\u2063": ",", "\u2064": "",
}  # fmt: skip
"""LaTeX's commands for signs of school mathematics; others stay as they are."""

FUNCTIONS: Final = frozenset(
    {
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "sinh",
        "cosh",
        "tanh",
        "coth",
        "arcsin",
        "arccos",
        "arctan",
        "log",
        "ln",
        "lg",
        "exp",
        "lim",
        "max",
        "min",
        "sup",
        "inf",
        "gcd",
        "det",
        "dim",
        "ker",
        "arg",
        "deg",
        "mod",
        "Pr",
    }
)


def raised(text: str) -> str:
    """A superscript: `10^3`, `x^(n+1)`; what is no exponent (`1st`, marks of notes) stays as it is."""
    text = text.strip()
    if not text or _ORDINAL.fullmatch(text) or _NOTE.fullmatch(text):
        return text
    text = text.replace("−", "-")
    return f"^{text}" if _ATOM.fullmatch(text) else f"^({text})"


def lowered(text: str) -> str:
    """A subscript: `H₂O`, `x_n`, `a_(n+1)`."""
    text = text.strip()
    if not text or _NOTE.fullmatch(text):
        return text
    small = text.replace("−", "-").translate(_LOWERED)
    if not any(c.isalpha() or c.isspace() or c in ",.;" for c in small):
        return small
    return f"_{text}" if _ATOM.fullmatch(text) else f"_({text})"


def symbols(text: str) -> str:
    """`text` with LaTeX's commands for its signs, each apart from the letter after it."""
    out: list[str] = []
    for place, character in enumerate(text):
        command = SYMBOLS.get(character, character)
        follows = text[place + 1 : place + 2]
        out.append(
            f"{command} "
            if command != character and command[:1] == "\\" and follows.isascii() and follows.isalpha()
            else command
        )
    return "".join(out)


def word(text: str) -> str:
    """A run of letters in a formula: a function's name, symbols, or words of prose."""
    bare = text.strip()
    if bare in FUNCTIONS:
        return rf"\{bare} "
    if sum(c.isalpha() and c not in SYMBOLS for c in bare) > 3 and bare.replace(" ", "").isalpha():
        return rf"\text{{{text}}}"
    return symbols(text)


def braced(latex: str) -> str:
    """An argument of `^` or `_`, in braces unless it is one letter or digit."""
    latex = latex.strip()
    return latex if len(latex) == 1 and latex.isalnum() else f"{{{latex}}}"


def joined(pieces: Iterable[str], *, space: bool = False) -> str:
    """Pieces of LaTeX in a row, with blanks where a command would run into a letter, or (`space`) everywhere."""
    out = ""
    for piece in pieces:
        command = out.rpartition("\\")[2] if "\\" in out else ""
        if piece and out and (space or (command.isalpha() and piece[:1].isalpha())):
            out += " "
        out += piece
    return out


def inline(latex: str) -> str:
    """A formula in a sentence; empty when there is none."""
    latex = re.sub(r"\s+", " ", latex).strip()
    return f"${latex}$" if latex else ""


_FENCES: Final = {
    "{": r"\{", "}": r"\}", "‖": r"\|", "⌊": r"\lfloor ", "⌋": r"\rfloor ", "⌈": r"\lceil ", "⌉": r"\rceil ",
}  # fmt: skip


def between(left: str, inner: str, right: str) -> str:
    """`inner` between two delimiters, which may be missing."""
    left, right = _FENCES.get(left, symbols(left)), _FENCES.get(right, symbols(right))
    if len(inner) < 12 and "\\frac" not in inner and "\\begin" not in inner and left and right:
        return f"{left}{inner}{right}"
    return rf"\left{left or '.'} {inner} \right{right or '.'}"
