"""Renders the inlines of Markdown as Discord's: emphasis, links, code, formulas as text, elements of HTML."""

import functools
import re
from dataclasses import dataclass

from bot.replies import html_elements
from bot.replies.links import PICTURE_SIGN, bare, cited_as_text, glued, linked, sandbox_name, web_link, without_scheme
from bot.replies.markdown_inline import Inline, coarse_inlines
from bot.replies.typesetting import LatexError, parse
from bot.replies.typesetting.alphabets import SUBSCRIPTS, SUPERSCRIPTS
from bot.replies.typesetting.unicode import to_unicode


@dataclass(frozen=True, slots=True)
class FormulaText:
    """A formula as text for Discord, and whether it should be drawn."""

    text: str
    draw: bool


@functools.lru_cache(maxsize=2_048)
def formula_text(latex: str, *, display: bool) -> FormulaText:
    """A formula as text for Discord. If it cannot be read as LaTeX, it is shown as code and not drawn."""
    try:
        tree = parse(latex)
    except (LatexError, RecursionError):
        return FormulaText(as_code(latex, display=display), draw=False)
    line = to_unicode(tree)
    if not line.text.strip():
        return FormulaText(as_code(latex, display=display), draw=False)
    gap = " " if not display and _SPACE_AT_END.search(latex) else ""
    return FormulaText(escaped(line.text) + gap, draw=display or not line.reads_well)


_SPACE_AT_END = re.compile(r"(?:\\[,:; ]|(?<!\\)~|\\q?quad)\s*$")
"""The space between a number and its unit, as in `$t = 3\\,$s`."""


def as_code(latex: str, *, display: bool) -> str:
    """The source of a formula, as code."""
    if display or "\n" in latex or "`" in latex or len(latex) > 80:
        return f"```latex\n{defused(latex.strip())}\n```"
    return f"`{latex}`"


def escaped(text: str) -> str:
    """`text`, escaped so that Discord does not read Markdown in it."""
    text = re.sub(r"([\\*_`~|])", r"\\\1", text).replace("](", "]\\(")
    return re.sub(
        r"^(\s*)(#{1,3} |-# |>|[-+] |\d+\. )", lambda found: f"{found[1]}\\{found[2]}", text, flags=re.MULTILINE
    )


def defused(code: str) -> str:
    """Code in which nothing closes the fence around it."""
    return code.replace("```", "`\u200b`\u200b`")


def plain(text: str, depth: int = 0, *, incomplete: bool = False) -> str:
    """Markdown of a cell without its marks, for a code block; `<br>` and the items of a list begin new lines."""
    shown = ""
    for inline in coarse_inlines(text, incomplete=incomplete):
        match inline.kind:
            case "unclosed":
                continue
            case "formula":
                shown += _plain_formula(inline)
            case "span" | "element" if inline.mark != "`" and depth < DEEPEST:
                shown += plain(inline.inside, depth + 1)
            case "code" | "entity":
                shown += inline.inside
            case "element":
                shown += html_elements.unescaped(inline.inside)
            case "script":
                shown += _script(inline)
            case "markdown":
                shown += inline.inside if inline.inside.startswith("\n") else plain(inline.inside, depth + 1)
            case "link" | "image" if inline.target and depth < DEEPEST:
                shown += _plain_link(inline, depth)
            case "citation":
                shown += cited_as_text(inline.source)
            case _:
                shown += re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", inline.source)
    return re.sub(r"[ \t]*\n\s*", "\n", shown).strip()


DEEPEST = 8
"""How deep marks in marks are read; what is deeper stays as it is."""


def _plain_link(inline: Inline, depth: int) -> str:
    """The words of a link, and the host that it leads to."""
    words, link = plain(inline.inside, depth + 1), web_link(inline.target)
    if (name := sandbox_name(inline.target)) is not None:
        return words or name
    if link is None or link.host in words:
        return words or inline.target
    return f"{words} ({link.host})" if words else link.url


def _plain_formula(inline: Inline) -> str:
    try:
        return to_unicode(parse(inline.inside)).text.replace("\n", "; ")
    except (LatexError, RecursionError):
        return inline.inside


def markdown_of(inline: Inline, depth: int = 0) -> str:
    """What Discord shows for an inline that is no formula; `depth` is in how many others it stands."""
    match inline.kind:
        case "image":
            return linked(marked(inline.inside, depth + 1).strip() or PICTURE_SIGN, inline.target)
        case "link" if inline.target:
            return linked(marked(inline.inside, depth + 1), inline.target)
        case "link" if not _MENTION.match(inline.source):
            return bare(inline.source)
        case "citation":
            return glued(inline.inside)
        case "text":
            return _words(inline.source)
        case "script":
            return _script(inline)
        case "span":
            return _span(inline, depth)
        case "element":
            return _element(inline, depth)
        case "entity":
            return _entity(inline)
        case "markdown":
            return inline.inside if inline.inside.startswith("\n") else marked(inline.inside, depth + 1)
        case "code":
            return _code_span(inline)
        case _:
            return inline.source


_MENTION = re.compile(r"<(?:[@#/]|a?:\w|t:-?\d|id:\w)")


def _words(text: str) -> str:
    if text.startswith("`"):  # alone here, Discord might pair it with one of a later block of code
        return text.replace("`", "\\`")
    return without_scheme(text)


def _code_span(inline: Inline) -> str:
    code = cited_as_text(inline.source)
    if inline.source and not inline.source.endswith(inline.mark):  # it is still being written
        return glued(code + inline.mark) if inline.inside else ""
    if "\n" not in inline.inside:
        return glued(code)
    if len(inline.mark) >= 3:
        return glued(f"```{defused(cited_as_text(inline.inside))}```")
    return code  # Discord may read its lines each by itself


def _entity(inline: Inline) -> str:
    """What an entity stands for, which is never a mark of Markdown: neither alone nor with what follows it."""
    shown = re.sub(r"([\\*_`~|\[\]@])", r"\\\1", inline.inside)
    begins_mark = inline.inside == "<" and re.match(r"[@#:/]|(?:a|t|id):|https?:", inline.target)
    begins_block = inline.mark == "line" and inline.inside in {">", "#", "-", "+"}
    return f"\\{shown}" if begins_mark or begins_block else shown


def _element(inline: Inline, depth: int) -> str:
    unfinished = inline.source.endswith(inline.inside)
    if inline.mark == "`":
        code = re.sub(r"<[^<>]*>|<[^<>]*$" if unfinished else r"<[^<>]*>", "", inline.inside)
        code = html_elements.unescaped(code).replace("`", "ˋ").strip()
        return glued(f"`{cited_as_text(code)}`") if code else ""
    inside = marked(inline.inside, depth + 1, incomplete=unfinished)
    words = inside.strip()
    if not words:
        return inside
    return inside.replace(words, f"{inline.mark}{words.replace(inline.mark, '')}{inline.mark}", 1)


def _script(inline: Inline) -> str:
    """`<sub>2</sub>` or `<sup>2</sup>` in Unicode; what Unicode has no small characters for, as `_(…)` or `^(…)`."""
    small = SUBSCRIPTS if inline.mark == "sub" else SUPERSCRIPTS
    text = plain(inline.inside, 1).replace("-", "−").replace("–", "−")
    if not text or all(char in small for char in text):
        return "".join(small[char] for char in text)
    if re.fullmatch(r"\[\w+\]", text):  # a note
        return text
    sign = "\\_" if inline.mark == "sub" else "^"
    return f"{sign}{text}" if len(text) == 1 else f"{sign}({text})"


def marked(text: str, depth: int = 0, *, incomplete: bool = False) -> str:
    """The inside of a span: formulas become text, the rest stays."""
    if depth > DEEPEST:
        return text
    return "".join(
        formula_text(inline.inside, display=False).text if inline.kind == "formula" else markdown_of(inline, depth)
        for inline in coarse_inlines(text, incomplete=incomplete)
        if inline.kind != "unclosed"
    )


def _span(inline: Inline, depth: int) -> str:
    unfinished = inline.source == inline.mark + inline.inside
    inside = marked(inline.inside, depth + 1, incomplete=unfinished)
    if unfinished and not (inside := inside.rstrip()):
        return ""
    if inline.mark == "__" and inline.source in _PYTHONS_OWN:
        return f"\\_\\_{inside}\\_\\_"
    if inline.mark in {"__", "**"}:  # Markdown's bold is Discord's underline
        return f"**{inside if '`' in inside or '***' in inside else inside.replace('**', '')}**"
    if inline.mark == "___":
        return f"***{inside}***"
    return f"{inline.mark}{inside}{inline.mark}"


_PYTHONS_OWN = frozenset(
    f"__{name}__"
    for name in """
    abs add aenter aexit aiter all and anext annotations args author await bases bool buffer builtins bytes cached
    call cause ceil class class_getitem classcell closure code complex contains context copy debug deepcopy defaults
    del delattr delete delitem dict dir div divmod doc enter eq exit file float floor floordiv format fspath func
    future ge get getattr getattribute getitem getnewargs getnewargs_ex getstate globals gt hash hex iadd iand idiv
    ifloordiv ilshift imatmul imod import imul index init init_subclass instancecheck int invert ior ipow irshift
    isabstractmethod isub iter itruediv ixor kwdefaults le len length_hint loader long lshift lt main match_args
    matmul missing mod module mro mro_entries mul name ne neg new next nonzero notes objclass oct optional_keys or
    origin package parameters path pos post_init pow prepare pycache qualname radd rand rdiv rdivmod reduce reduce_ex
    release_buffer repr required_keys reversed rfloordiv rlshift rmatmul rmod rmul ror round rpow rrshift rshift rsub
    rtruediv rxor self set set_name setattr setitem setstate signature sizeof slots spec static_attributes str sub
    subclasscheck subclasses subclasshook suppress_context text_signature total traceback truediv trunc type_params
    unicode version weakref wrapped xor
    """.split()  # noqa: SIM905
)
"""Names that Python gives a meaning, and the usual ones of modules."""
