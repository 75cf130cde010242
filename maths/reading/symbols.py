"""Tables of mathematical signs, functions and LaTeX commands, and the kinds of token."""

from typing import Literal

TokenKind = Literal[
    "num", "name", "const", "func", "op", "rel", "open", "close", "bar", "comma", "sub", "cmd", "arrow", "prime",
    "diff", "word", "break",
]  # fmt: skip


FUNCTIONS = {
    "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "exp", "ln", "log",
    "sqrt", "cbrt", "abs", "floor", "ceil", "gcd", "lcm", "min", "max", "factorial", "binom", "perm",
}  # fmt: skip
ALIASES = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "cosec": "csc", "tg": "tan", "ctg": "cot", "ceiling": "ceil",
    "sen": "sin", "root": "sqrt", "hcf": "gcd", "gcf": "gcd", "nCr": "binom",
    "sine": "sin", "cosine": "cos", "tangent": "tan",
}  # fmt: skip
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "theta": "θ", "lambda": "λ", "mu": "μ", "phi": "φ",
    "omega": "ω", "sigma": "σ", "rho": "ρ", "tau": "τ", "varphi": "φ", "epsilon": "ε",
}  # fmt: skip
GREEK_LETTERS = {letter: name for name, letter in GREEK.items() if name != "varphi"}

COMMANDS = {"frac": "frac", "dfrac": "frac", "tfrac": "frac", "cfrac": "frac", "sqrt": "sqrt", "int": "int",
             "sum": "sum", "prod": "prod", "lim": "lim", "binom": "binom", "dbinom": "binom",
             "dots": "dots", "ldots": "dots", "cdots": "dots"}  # fmt: skip
COMMAND_OPS = {
    "cdot": "*", "times": "*", "ast": "*", "div": "÷", "pm": "±", "circ": "°", "%": "%", "degree": "°",
}  # fmt: skip
COMMAND_RELS = {
    "le": "<=", "leq": "<=", "leqslant": "<=", "ge": ">=", "geq": ">=", "geqslant": ">=", "lt": "<", "gt": ">",
    "ne": "!=", "neq": "!=",
}  # fmt: skip
COMMAND_SPACE = frozenset(
    ["left", "right", "displaystyle", "limits", "quad", "qquad", "mathrm", "mathit", "operatorname", "big", "Big",
     "bigl", "bigr", "Bigl", "Bigr", ",", ";", "!", ":", " ", "rm"]
)  # fmt: skip
ARROWS = frozenset(["to", "rightarrow", "longrightarrow", "Rightarrow"])

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿˣʸⁱ", "0123456789+-()nxyi")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋ₙₓᵢ", "0123456789+-nxi")
ONE_SPELLING = str.maketrans(
    {
        "−": "-", "–": "-", "‐": "-", "‑": "-", "×": "*", "✕": "*", "✖": "*", "⋅": "*", "·": "*", "∙": "*", "•": "*",
        "∕": "/", "⁄": "/", "’": "'", "‘": "'", "′": "'", "“": '"', "”": '"', "∣": "|", "﹤": "<",
        "∗": "*", "∶": ":", "≦": "≤", "≧": "≥", "⩽": "≤", "⩾": "≥", "Σ": "∑", "Π": "∏", "ϕ": "φ", "∆": "Δ",
        "∂": "d",
    }
)  # fmt: skip

TWO_SIGNS: dict[str, tuple[TokenKind, str]] = {
    "**": ("op", "^"), "<=": ("rel", "<="), ">=": ("rel", ">="), "=<": ("rel", "<="), "=>": ("rel", ">="),
    "!=": ("rel", "!="), "==": ("rel", "="), "->": ("arrow", "->"), "<>": ("rel", "!="),
}  # fmt: skip
ONE_SIGN: dict[str, tuple[TokenKind, str]] = {
    **{sign: ("op", sign) for sign in "+-*/÷^!%°±"},
    **{sign: ("rel", sign) for sign in "=<>"},
    **{sign: ("open", sign) for sign in "([{"},
    **{sign: ("close", sign) for sign in ")]}"},
    "≤": ("rel", "<="), "≥": ("rel", ">="), "≠": ("rel", "!="), "|": ("bar", "|"), ",": ("comma", ","),
    "_": ("sub", "_"), "'": ("prime", "'"), "→": ("arrow", "->"), "⇒": ("break", "⇒"), "π": ("const", "pi"),
    "∞": ("const", "oo"), "√": ("cmd", "root2"), "∛": ("cmd", "root3"), "∜": ("cmd", "root4"), "∫": ("cmd", "int"),
    "…": ("cmd", "dots"), "⋯": ("cmd", "dots"),
    "∑": ("cmd", "sum"), "∏": ("cmd", "prod"), ":": ("op", ":"), "º": ("op", "°"),
}  # fmt: skip
