"""Front matter: fields about a text, before it. The title is a heading of the text; the rest is no text."""

import re
import tomllib

_YAML = re.compile(r"\A\ufeff?---[ \t]*\n(?P<fields>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_TOML = re.compile(r"\A\ufeff?\+\+\+[ \t]*\n(?P<fields>(?:.*\n)*?)\+\+\+[ \t]*(?:\n|\Z)")
_YAML_LINE = re.compile(r"(?:[\w.\"'-][^:]*:(?:\s.*)?|\s+.*|-(?:\s.*)?|#.*|[\]\}],?|\s*)")
_TITLE = re.compile(r"^title\s*:[ \t]*(?P<title>.*)$", re.MULTILINE | re.IGNORECASE)
_BLOCK = re.compile(r"^title\s*:[ \t]*[>|][+-]?[ \t]*\n(?P<title>(?:[ \t]+.*\n?)+)", re.MULTILINE | re.IGNORECASE)
_MAX_FIELDS = 20_000


def without_front_matter(text: str) -> str:
    """The text with the title as its heading instead of its front matter (YAML or TOML), if it has any."""
    for pattern, title_in in ((_YAML, _yaml_title), (_TOML, _toml_title)):
        found = pattern.match(text.replace("\r\n", "\n")[:_MAX_FIELDS])
        title = title_in(found["fields"]) if found else None
        if found and title is not None:
            return _titled(text.replace("\r\n", "\n")[found.end() :], title)
    return text


def _titled(body: str, title: str) -> str:
    title = " ".join(title.split())
    first = next((line for line in body.split("\n") if line.strip()), "")
    if not title or first.lstrip("# ").strip() == title:
        return body
    return f"# {title}\n\n{body.lstrip()}"


def _yaml_title(fields: str) -> str | None:
    """The title, empty if there is none; None if this is no YAML but text between two rules."""
    lines = [line for line in fields.split("\n") if line.strip()]
    if not lines or not all(_YAML_LINE.fullmatch(line) for line in lines) or not re.match(r"[\w\"'#-]", lines[0]):
        return None
    if not any(re.match(r"[\w\"'.-]+\s*:(\s|$)", line) for line in lines):
        return None
    if block := _BLOCK.search(fields):
        return block["title"]
    found = _TITLE.search(fields)
    title = found["title"].strip() if found else ""
    if len(title) > 1 and title[0] == title[-1] and title[0] in "\"'":
        return title[1:-1].replace('\\"', '"').replace("''", "'")
    return re.sub(r"\s+#.*$", "", title)


def _toml_title(fields: str) -> str | None:
    try:
        title = tomllib.loads(fields).get("title", "")
    except tomllib.TOMLDecodeError:
        return None
    return title if isinstance(title, str) else ""
