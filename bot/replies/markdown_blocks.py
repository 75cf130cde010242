"""Finds the blocks of a model's Markdown: code fences, tables, headings, rules, list items, quotes, paragraphs."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from bot.replies import formula_spans, html_elements, markdown_tables
from bot.replies.html_elements import NOTHING_OPEN, OpenElements

Kind = Literal[
    "blank",
    "fence",
    "table",
    "heading",
    "rule",
    "item",
    "quote",
    "paragraph",
    "tag",
    "summary",
    "html heading",
    "pre",
    "html table",
]


@dataclass(frozen=True, slots=True)
class Block:
    """One or more whole lines, or a part of a line between tags of HTML.

    `closed` is False for what is without its end: a fence, a `<summary>`, a `<pre>`, a comment. `opened` is what is
    open before it, `opens_after` what after it. A `tag` is HTML between blocks, and `shown` what stands in its place.
    `settled` is False for a fence of Markdown that may turn out to end later.
    """

    kind: Kind
    source: str
    closed: bool = True
    opened: OpenElements = NOTHING_OPEN
    opens_after: OpenElements = NOTHING_OPEN
    shown: str = ""
    settled: bool = True

    @property
    def lines(self) -> list[str]:
        """The lines with their ends."""
        return split_lines(self.source)


_FENCE = re.compile(
    r"^(?P<indent>[ \t]*+(?:>[ \t]?)*+(?:[-*+]\s++|\d{1,9}[.)]\s++)?+[ \t]*+)"
    r"(?P<marks>`{3,29}|~{3,29})(?P<info>[^`\n]*)\n?$"
)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s")
_RULE = re.compile(r"^\s{0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})\n?$")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,9}[.)])\s")
_QUOTE = re.compile(r"^\s*>")
_ONLY_MARKS = re.compile(r"\s*(?:[-*+•]|\d{1,9}[.)])\s+")
_LINES: dict[Kind, re.Pattern[str]] = {"heading": _HEADING, "rule": _RULE, "item": _ITEM, "quote": _QUOTE}
_ANY_FENCE = re.compile(_FENCE.pattern.replace(r"\n?$", "$").replace(r"\s+", r"[ \t]+"), re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Fence:
    """The parts of the first line of a code fence."""

    indent: str
    marks: str
    info: str

    def is_end(self, line: str) -> bool:
        """Whether `line` closes the fence."""
        bare = line.strip().lstrip("> ").strip()
        return len(bare) >= len(self.marks) and set(bare) == {self.marks[0]}

    @property
    def language(self) -> str:
        """The language of the code; empty if it has none, or another than a word."""
        word = self.info.split()[0] if self.info else ""
        return word if re.fullmatch(r"[A-Za-z0-9_+\-.#]+", word) else ""

    @property
    def depth(self) -> int:
        """How many fences are open inside it where it begins: a fence that goes on in the next message says so."""
        found = _DEPTH.search(self.info)
        return int(found[1]) if found else 0

    def depth_after(self, line: str, depth: int) -> int:
        """How many fences are open inside it after `line`, if `depth` are before; -1: the line closes it.

        In an example of Markdown, a line with as many marks and a language begins an inner fence, though CommonMark
        would end both with the same line.
        """
        if self.is_end(line):
            return depth - 1
        if self.language.lower() not in _MARKDOWN:
            return depth
        inner = fence_of(line)
        return depth + 1 if inner and inner.language and inner.marks.startswith(self.marks) else depth

    def inner_mark(self, lines: Sequence[str]) -> bool | None:
        """Whether `lines[0]`, marks alone in an example of Markdown, begins code in it; False: it ends the example.

        What follows decides. None: it ends the example as far as is known, and more lines may show that it does not.
        """
        following = lines[1:]
        if not following or following[0].isspace():
            return False if following and following[0].endswith("\n") else None
        next_marks = next((at for at, line in enumerate(following) if fence_of(line)), None)
        may_come = None if len(lines) <= _MOST_LOOKED_AT else False
        if next_marks is None or next_marks + 1 == len(following):
            return may_come
        if not self.is_end(following[next_marks]):
            return False
        after = following[next_marks + 1]
        if not after.strip() or fence_of(after):
            return True
        depth = 0
        for line in following[next_marks + 1 :]:
            depth = self.depth_after(line, depth)
            if depth < 0:
                return not _PROSE_END.search(following[next_marks - 1])
        return may_come

    def reopened(self, depth: int) -> str:
        """The line that opens it again inside of `depth` other fences, without the mark of a list item before it."""
        indent = "".join(char if char in " \t>" else " " for char in self.indent)
        info = _DEPTH.sub("", self.info)
        return f"{indent}{self.marks}{info}{f' {{inside={depth}}}' if depth else ''}\n"


_DEPTH = re.compile(r"\s*\{inside=(\d{1,2})\}$")
_MOST_LOOKED_AT = 120
"""Lines after a mark that are looked at to tell what it means."""
_PROSE_END = re.compile(r"[.:!?。！？：]\W*$|[다요]\s*$")
_MARKDOWN = frozenset(["markdown", "md", "mdx", "rmd", "rmarkdown", "qmd", "quarto", "myst", "commonmark", "gfm"])


def fence_of(line: str) -> Fence | None:
    """The fence that a line opens; None if it opens none."""
    found = _FENCE.match(line)
    return Fence(found["indent"], found["marks"], found["info"].strip()) if found else None


def split_lines(text: str) -> list[str]:
    """The lines of `text` with their ends; only a line feed ends a line."""
    lines = text.split("\n")
    ended = [line + "\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def parse_blocks(text: str, opened: OpenElements = NOTHING_OPEN) -> list[Block]:
    """The blocks of `text`; their sources joined are `text`. `opened` is what is open before it."""
    return _BlockParser(text, opened).blocks()


class _BlockParser:
    """Reads lines, of which one with tags of HTML is split at them. `at` is the next line, `position` its beginning."""

    def __init__(self, text: str, opened: OpenElements) -> None:
        self.text = text
        self.lines = split_lines(text)
        self.at = 0
        self.position = 0
        self.opened = opened

    def blocks(self) -> list[Block]:
        blocks: list[Block] = []
        while self.at < len(self.lines):
            blocks.append(self._next())
            self.opened = blocks[-1].opens_after
        return blocks

    def _block(self, kind: Kind, end: int, *, closed: bool = True, settled: bool = True) -> Block:
        """The block of the lines up to line `end`."""
        source = "".join(self.lines[self.at : end])
        self.at = end
        self.position += len(source)
        opened = self.opened
        in_line = not source.endswith("\n") and not _ONLY_MARKS.fullmatch(source)
        after = OpenElements(opened.details, opened.lists, in_line, kind == "blank")
        return Block(kind, source, closed, opened, after, settled=settled)

    def _next(self) -> Block:
        lines, at = self.lines, self.at
        line = lines[at]
        if not line.strip():
            end = at + 1
            while end < len(lines) and not lines[end].strip():
                end += 1
            return self._block("blank", end)
        if (fence := fence_of(line)) is not None:
            return self._fence(fence)
        if _is_table(lines, at):
            end = at + 2
            while end < len(lines) and lines[end].strip() and "|" in lines[end]:
                end += 1
            return self._block("table", end)
        if (tag := _first_tag(line)) is not None:
            if line[: tag.start()].strip(" \t"):
                lines[at : at + 1] = [line[: tag.start()], line[tag.start() :]]
                return self._next()
            return self._tag(tag)
        for kind, pattern in _LINES.items():
            if pattern.match(line):
                return self._block(kind, self._formula_end(at, self.position))
        return self._paragraph()

    def _fence(self, fence: Fence) -> Block:
        end, depth = self.at + 1, fence.depth
        while end < len(self.lines):
            end += 1
            depth = fence.depth_after(self.lines[end - 1], depth)
            if depth >= 0:
                continue
            inner = (
                fence.inner_mark(self.lines[end - 1 : end + _MOST_LOOKED_AT])
                if fence.language.lower() in _MARKDOWN
                else False
            )
            if not inner:
                return self._block("fence", end, settled=inner is not None)
            depth = 1
        return self._block("fence", end, closed=False)

    def _paragraph(self) -> Block:
        position, end = self.position, self.at
        while end < len(self.lines) and (end == self.at or not self._starts_block(end)):
            after = self._formula_end(end, position)
            position += sum(len(self.lines[line]) for line in range(end, after))
            end = after
        return self._block("paragraph", end)

    def _starts_block(self, at: int) -> bool:
        line = self.lines[at]
        return (
            not line.strip()
            or fence_of(line) is not None
            or _is_table(self.lines, at)
            or any(pattern.match(line) for pattern in _LINES.values())
            or _first_tag(line) is not None
        )

    # Formulas over several lines

    def _formula_end(self, at: int, position: int) -> int:
        """The index of the line after line `at`, which begins at `position`; or after a formula that begins in it."""
        line = self.lines[at]
        if "\\" not in line and "$$" not in line:
            return at + 1
        start = next(_unclosed_formulas(line), None)
        if start is None:
            return at + 1
        text = self._until_fence(position + len(line))
        found = formula_spans.find_formula(text, position + start)
        if isinstance(found, formula_spans.FormulaSpan):
            return self._line_after(at, position, found.end)
        may_go_on = line.startswith(("\\[", "\\begin", "$$"), start) and len(text) == len(self.text)
        return len(self.lines) if found == "unclosed" and may_go_on else at + 1

    def _line_after(self, at: int, position: int, end: int) -> int:
        """The index of the line after the one that holds the character before `end`."""
        while at < len(self.lines) and position < end:
            position += len(self.lines[at])
            at += 1
        return at

    @cached_property
    def _fences(self) -> list[tuple[int, str]]:
        """Where lines begin that open a fence, with the text before each; at last the whole text."""
        starts = (
            [found.start() for found in _ANY_FENCE.finditer(self.text)]
            if "```" in self.text or "~~~" in self.text
            else []
        )
        return [*((start, self.text[:start]) for start in starts[:_MOST_FENCES]), (len(self.text) + 1, self.text)]

    def _until_fence(self, position: int) -> str:
        """The text up to the next fence after `position`: no formula goes on behind it."""
        return next(text for start, text in self._fences if start >= position)

    # HTML

    def _tag(self, tag: re.Match[str]) -> Block:
        """The block that a tag begins, with which the next line begins."""
        name, start = (tag["name"] or "").lower(), self.position + tag.end()
        if not name:
            end = html_elements.COMMENT_END.search(self.text, start, start + html_elements.LONGEST)
            return self._element("tag", end)
        if tag["close"] or name not in _WHOLE:
            return self._alone(tag, name)
        return self._element(_WHOLE[name], html_elements.closing(name, self.text, start))

    def _element(self, kind: Kind, end: re.Match[str] | None) -> Block:
        """A block from here to the closing tag `end`, or to the end of the text."""
        opened = self.opened
        after = end.end() if end else len(self.text)
        if kind != "tag" or not opened.in_line:
            after = _blank_after(self.text, after)
        source = self._cut(after)
        if kind == "tag":
            return Block("tag", source, end is not None, opened, opened)
        opens_after = OpenElements(opened.details, opened.lists)
        return Block(kind, source, end is not None, opened, opens_after, "\n" if opened.in_line else "")

    def _cut(self, end: int) -> str:
        """The text up to position `end`, which may be inside a line: what is left of that is the next line."""
        line = self._line_after(self.at, self.position, end)
        source = self.text[self.position : end]
        rest = "".join(self.lines[self.at : line])[len(source) :]
        self.lines[self.at : line] = [source, rest] if rest else [source]
        self.at += 1
        self.position = end
        return source

    def _alone(self, tag: re.Match[str], name: str) -> Block:
        """A tag that stands for itself, with the space after it."""
        source_end = self.position + tag.end()
        end = _blank_after(self.text, source_end)
        gap = self.text.count("\n", source_end, end) > 1
        shown, after = html_elements.effect(name, tag, self.opened, gap=gap)
        return Block("rule" if name == "hr" else "tag", self._cut(end), True, self.opened, after, shown)


def _blank_after(text: str, at: int) -> int:
    """The end of the white space at `at`; the indentation of the line after it does not belong to it."""
    found = _BLANK.match(text, at)
    return found.end() if found else at


_BLANK = re.compile(r"(?:[ \t]*\n)+|[ \t]*")
_WHOLE: dict[str, Kind] = {
    "summary": "summary",
    "pre": "pre",
    "table": "html table",
    **dict.fromkeys((f"h{level}" for level in range(1, 7)), "html heading"),
}
"""Elements that are one block, with all that they hold."""
_MOST_FENCES = 64


def _first_tag(line: str) -> re.Match[str] | None:
    """The first tag in a line that begins or ends a block and does not stand in code or in a formula."""
    if "<" not in line:
        return None
    at, tag = 0, html_elements.BLOCK_TAG.search(line)
    while tag is not None:
        found = _CODE_OR_FORMULA.search(line, at, tag.start())
        if found is None:
            if not html_elements.is_spoken_of(line, tag):
                return tag
            tag = html_elements.BLOCK_TAG.search(line, tag.end())
            continue
        at = _end_of_code_or_formula(line, found)
        if at > tag.start():
            tag = html_elements.BLOCK_TAG.search(line, at)
    return None


_CODE_OR_FORMULA = re.compile(r"`+|\\|\$")
_TICKS = re.compile(r"`+")


def _end_of_code_or_formula(line: str, start: re.Match[str]) -> int:
    if start[0][0] == "`":
        return next((end.end() for end in _TICKS.finditer(line, start.end()) if end[0] == start[0]), start.end())
    formula = formula_spans.find_formula(line, start.start())
    return formula.end if isinstance(formula, formula_spans.FormulaSpan) else start.end() + (start[0] == "\\")


def _is_table(lines: list[str], at: int) -> bool:
    if at + 1 >= len(lines) or "|" not in lines[at] or not markdown_tables.is_delimiter(lines[at + 1].rstrip("\n")):
        return False
    columns = len(markdown_tables.cells_of(lines[at + 1]))
    return len(markdown_tables.cells_of(lines[at], columns)) == columns


def _unclosed_formulas(line: str) -> Iterator[int]:
    """Where in a line a formula begins that is not closed in it."""
    at = 0
    while at < len(line):
        if line[at] == "`":
            closing = line.find("`", at + 1)
            at = closing if closing > 0 else at
        elif line[at] in "\\$":
            found = formula_spans.find_formula(line, at)
            if isinstance(found, formula_spans.FormulaSpan):
                at = found.end
                continue
            if found == "unclosed":
                yield at
                return
            at += line[at] == "\\"
        at += 1
