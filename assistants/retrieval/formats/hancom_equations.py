r"""Hancom's equation script (`{x^2 + 1} over {x - 1}`) as LaTeX (`\frac{x^2 + 1}{x - 1}`).

The script is described in Hancom's own publication "HWP 5.0, equations". Its words are read in any case of letters.
What is not known stays as it is: a formula that is read in part is still found.
"""

import re
from typing import Final

from assistants.retrieval.formats.plain_maths import FUNCTIONS, braced, joined, symbols

MAX_SCRIPT = 20_000
"""Characters of one equation that are read."""
_MAX_DEPTH = 60

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|(?P<word>[A-Za-z]+)|(?P<number>\d+(?:[.,]\d+)*)|(?P<sign><=|>=|!=|->|<->|\+-|-\+|==|<<|>>'
    r"|\.\.\.|\S)|\s+"
)

_WORDS: Final = {
    "times": r"\times", "div": r"\div", "cdot": r"\cdot", "leq": r"\le", "le": r"\le", "geq": r"\ge", "ge": r"\ge",
    "neq": r"\ne", "ne": r"\ne", "approx": r"\approx", "equiv": r"\equiv", "sim": r"\sim", "simeq": r"\simeq",
    "cong": r"\cong", "propto": r"\propto", "inf": r"\infty", "infty": r"\infty", "infinity": r"\infty",
    "plusminus": r"\pm", "pm": r"\pm", "minusplus": r"\mp", "mp": r"\mp", "cdots": r"\cdots", "ldots": r"\ldots",
    "vdots": r"\vdots", "ddots": r"\ddots", "therefore": r"\therefore", "because": r"\because", "angle": r"\angle",
    "triangle": r"\triangle", "perp": r"\perp", "bot": r"\perp", "parallel": r"\parallel", "in": r"\in",
    "notin": r"\notin", "owns": r"\ni", "subset": r"\subset", "supset": r"\supset", "subseteq": r"\subseteq",
    "superset": r"\supset", "supseteq": r"\supseteq", "cup": r"\cup", "cap": r"\cap", "union": r"\cup",
    "inter": r"\cap", "smallunion": r"\cup", "smallinter": r"\cap", "emptyset": r"\emptyset", "partial": r"\partial",
    "nabla": r"\nabla", "forall": r"\forall", "exist": r"\exists", "exists": r"\exists", "prime": "'", "deg": r"^\circ",
    "circ": r"\circ", "bullet": r"\bullet", "ast": "*", "star": r"\star", "rarrow": r"\to", "larrow": r"\leftarrow",
    "lrarrow": r"\leftrightarrow", "uparrow": r"\uparrow", "downarrow": r"\downarrow", "to": r"\to",
    "dyad": r"\leftrightarrow", "sum": r"\sum", "prod": r"\prod", "int": r"\int", "dint": r"\iint", "tint": r"\iiint",
    "oint": r"\oint", "smallsum": r"\sum", "smallprod": r"\prod", "smallint": r"\int", "smalloint": r"\oint",
    "vert": "|", "lline": "|", "dline": r"\|", "lbrace": r"\{", "rbrace": r"\}", "lceil": r"\lceil",
    "rceil": r"\rceil", "lfloor": r"\lfloor", "rfloor": r"\rfloor", "and": r"\wedge", "or": r"\vee", "lnot": r"\neg",
    "image": r"\fallingdotseq", "centigrade": r"^\circ C", "hbar": r"\hbar", "aleph": r"\aleph", "imath": r"\imath",
    "laplace": r"\mathcal{L}", "varnothing": r"\emptyset", "it": "", "rm": "", "bold": "", "rmbold": "", "itbold": "",
}  # fmt: skip
_GREEK: Final = frozenset(
    {
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "omicron",
        "pi",
        "rho",
        "sigma",
        "tau",
        "upsilon",
        "phi",
        "chi",
        "psi",
        "omega",
        "varepsilon",
        "vartheta",
        "varpi",
        "varrho",
        "varsigma",
        "varphi",
    }
)
_CAPITALS: Final = {
    "alpha": "A", "beta": "B", "epsilon": "E", "zeta": "Z", "eta": "H", "iota": "I", "kappa": "K", "mu": "M", "nu": "N",
    "omicron": "O", "rho": "P", "tau": "T", "chi": "X",
}  # fmt: skip
"""Greek capitals that look like Latin ones; LaTeX has no commands for them."""
_ACCENTS: Final = {
    "bar": "overline", "overline": "overline", "underline": "underline", "under": "underline", "vec": "vec",
    "hat": "hat", "tilde": "tilde", "dot": "dot", "ddot": "ddot", "acute": "acute", "grave": "grave", "check": "check",
    "arch": "overset{\\frown}", "box": "boxed",
}  # fmt: skip
_GRIDS: Final = {
    "matrix": "matrix", "pmatrix": "pmatrix", "bmatrix": "bmatrix", "dmatrix": "vmatrix", "cases": "cases",
    "eqalign": "aligned", "pile": "matrix", "lpile": "matrix", "rpile": "matrix",
}  # fmt: skip
_SIGNS: Final = {
    "<=": r"\le", ">=": r"\ge", "!=": r"\ne", "->": r"\to", "<->": r"\leftrightarrow", "+-": r"\pm", "-+": r"\mp",
    "==": r"\equiv", "<<": r"\ll", ">>": r"\gg", "...": r"\ldots", "`": "", "~": r"\ ", "#": r"\\", "%": r"\%",
}  # fmt: skip


def latex_of(script: str) -> str:
    """The script as LaTeX, without dollars around it."""
    return _Reader(script[:MAX_SCRIPT]).all()


class _Reader:
    """Reads one script from its beginning to its end; every step takes at least one token."""

    def __init__(self, script: str) -> None:
        self._tokens = [
            (found.lastgroup, found[found.lastgroup]) for found in _TOKEN.finditer(script) if found.lastgroup
        ]
        self._place = 0
        self._depth = 0

    def all(self) -> str:
        pieces = [self._items(())]
        while self._place < len(self._tokens):  # a brace too many
            self._place += 1
            pieces.append(self._items(()))
        return _tight(joined(pieces))

    def _next_is(self, *wanted: str) -> bool:
        if self._place >= len(self._tokens):
            return False
        kind, text = self._tokens[self._place]
        return kind in {"word", "sign"} and text.lower() in wanted

    def _items(self, ends: tuple[str, ...]) -> str:
        """What follows, up to a closing brace, one of `ends` or the end; `over` and scripts take the item before."""
        items: list[str] = []
        while self._place < len(self._tokens) and not self._next_is("}", *ends):
            if self._next_is("over", "atop", "choose"):
                _, name = self._tokens[self._place]
                self._place += 1
                top, bottom = items.pop() if items else "", self._scripted()
                command = "frac" if name.lower() == "over" else "binom"
                items.append(rf"\{command}{{{_bare(top)}}}{{{_bare(bottom)}}}")
            elif self._next_is("^", "_", "sup", "sub") and items:
                items.append(self._with_scripts(items.pop()))
            else:
                items.append(self._item())
        return joined([item if item.startswith("{}") else _bare(item, only_whole=True) for item in items], space=True)

    def _scripted(self) -> str:
        return self._with_scripts(self._item())

    def _with_scripts(self, base: str) -> str:
        while self._next_is("^", "_", "sup", "sub"):
            _, sign = self._tokens[self._place]
            self._place += 1
            mark = "^" if sign.lower() in {"^", "sup"} else "_"
            base = f"{base.rstrip()}{mark}{braced(_bare(self._item()))}"
        return base

    def _item(self) -> str:
        """One token or group, with its arguments; a group keeps its braces."""
        if self._place >= len(self._tokens) or self._next_is("}"):
            return ""
        kind, text = self._tokens[self._place]
        self._place += 1
        if self._depth >= _MAX_DEPTH:
            return ""
        self._depth += 1
        try:
            if kind == "quoted":
                return rf"\text{{{text}}}"
            if kind == "word":
                return self._word(text)
            if text == "{":
                return f"{{{self._closed()}}}"
            return _SIGNS.get(text, symbols(text))
        finally:
            self._depth -= 1

    def _closed(self) -> str:
        inner = self._items(())
        self._place += 1  # the closing brace
        return inner

    def _word(self, text: str) -> str:
        name = text.lower()
        if name in {"sqrt", "root"}:
            return self._root()
        if name in _ACCENTS:
            return rf"\{_ACCENTS[name]}{{{_bare(self._item())}}}"
        if name in _GRIDS:
            inner = _bare(self._item())
            return rf"\begin{{{_GRIDS[name]}}}{inner}\end{{{_GRIDS[name]}}}"
        if name == "left":
            return self._fenced()
        if name == "binom":
            return rf"\binom{{{_bare(self._item())}}}{{{_bare(self._item())}}}"
        if name in {"rel", "buildrel"}:
            arrow, above = self._item(), _bare(self._item())
            below = _bare(self._item()) if self._next_is("{") else ""
            return rf"\overset{{{above}}}{{{arrow}}}" + (f"_{braced(below)}" if below else "")
        return _plain_word(text)

    def _root(self) -> str:
        inner = self._scripted()
        if not self._next_is("of"):
            return rf"\sqrt{{{_bare(inner)}}}"
        self._place += 1
        return rf"\sqrt[{_bare(inner)}]{{{_bare(self._item())}}}"

    def _fenced(self) -> str:
        opening = self._fence()
        inner = self._items(("right",))
        if not self._next_is("right"):
            return f"{opening}{inner}"
        self._place += 1
        return rf"\left{opening} {inner} \right{self._fence()}"

    def _fence(self) -> str:
        """The sign after `left` or `right`, which may be a brace."""
        if self._place >= len(self._tokens):
            return "."
        kind, text = self._tokens[self._place]
        self._place += 1
        return _plain_word(text) if kind == "word" else {"{": r"\{", "}": r"\}"}.get(text, symbols(text))


def _tight(latex: str) -> str:
    """The formula without blanks that only its script had: before scripts, in round brackets, after numbers."""
    latex = re.sub(r"\s+", " ", latex)
    latex = re.sub(r"(?<=[\w)}']) (?=[\^_'(])|(?<=\() | (?=\))|(?<![\^_]\d)(?<=\d) (?=[a-zA-Z])", "", latex)
    return latex.strip()


def _plain_word(text: str) -> str:
    name = text.lower()
    if name in _GREEK:
        return _CAPITALS.get(name, rf"\{name.capitalize()}") if text[0].isupper() else rf"\{name}"
    if name in _WORDS:
        return _WORDS[name]
    if name in FUNCTIONS:
        return rf"\{name}"
    return text


def _bare(latex: str, *, only_whole: bool = False) -> str:
    """The group without its outer braces; `only_whole`: a group of one sign keeps none either, others keep them."""
    if not (latex.startswith("{") and latex.endswith("}")) or not _is_one_group(latex):
        return latex
    return latex[1:-1] if not only_whole or len(latex) <= 3 else latex


def _is_one_group(latex: str) -> bool:
    depth = 0
    for place, character in enumerate(latex):
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return place == len(latex) - 1
    return False
