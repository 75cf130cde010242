"""Links of a model's making: what is shown of them. A reader sees where a link leads before pressing it.

What can be pressed is the name of the host, and the model's label stands before it as text. Links into Discord
(invitations, logins, gifts) and addresses that are not of the web are text: a tutor has no use for them, and a thief
has. Only Saem's own citations are links with a label; they carry `CITATION`, which no model can write.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from bot.escaping import CITATION, visible

CITATION_LINK = re.compile(CITATION + r"(\[\[\d{1,6}\]\]\([^\s()]*\))")
_CITED = re.compile(CITATION + r"\[(\[\d{1,6}\])\]\([^\s()]*\)")
_GLUE = "\ue0c2"
_LONGEST_TEXT = 200
"""Characters of an address that is shown as text."""

SANDBOX = "sandbox:"
PICTURE_SIGN = "🖼"
"""The label of a picture that has none."""

_WEB = re.compile(r"(https?):[/\\]*([^/\\?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?(?::\d{1,5})?")
_UNSAFE = re.compile(r"[^!#$&',/:;=?\w.~+*@%-]", re.ASCII)
"""Characters that might end an address in Markdown."""
_TRAPS = re.compile(r"(?:^|\.)(?:(?:dsc|invite|dis|top)\.gg|dis\.gd|disboard\.org)$|discord")
"""Hosts that lead into Discord, call themselves so, or pass on to a server of somebody's."""
_WITHOUT_SCHEME = re.compile(
    r"(?<![\w/@.-])(?:(?:(?:www\.)?discord(?:app)?\.(?:gg|com|gift|new|me|io|li|link)|(?:dsc|invite|top|dis)\.gg"
    r"|disboard\.org)/|(?:discord|steam)://)[^\s<>`*|]*[^\s<>`*|.,:;!?)\]]",
    re.IGNORECASE,
)
"""Addresses without `https://` that Discord or a program on somebody's computer might follow."""


@dataclass(frozen=True, slots=True)
class WebLink:
    """An address of the web, written so that a reader and a browser take it for the same."""

    url: str
    host: str


def web_link(target: str) -> WebLink | None:
    """The web address that a browser would go to; None if it is no such address, or one that is not made a link.

    Names before an `@` are left out, hosts stand in ASCII (`xn--…`), backslashes are slashes, as browsers read them.
    """
    found = _WEB.fullmatch(visible(target).strip())
    if found is None:
        return None
    scheme, authority, rest = found[1].lower(), found[2], found[3].replace("\\", "/")
    host = _ascii_host(authority.rpartition("@")[2])
    if host is None or _TRAPS.search(host.partition(":")[0].rstrip(".")):
        return None
    return WebLink(f"{scheme}://{host}{_UNSAFE.sub(_percent, rest)}", host)


def _ascii_host(host: str) -> str | None:
    name, colon, port = unquote(host).partition(":")
    try:
        shown = name.encode("idna").decode().lower()
    except UnicodeError:
        return None
    whole = f"{shown}{colon}{port}".removesuffix(":")
    return whole if _HOST.fullmatch(whole) else None


def _percent(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode(errors="replace"))


_SANDBOX_PATH = re.compile(r"sandbox:/[^\s<>`*|()\[\]\"']*[^\s<>`*|()\[\]\"'.,:;!?]")


def sandbox_name(target: str) -> str | None:
    """The name of a file that code has made, and that stands below the answer itself; None for other addresses.

    Nobody can press `sandbox:/mnt/data/sums.csv`; it is the name of the file to a reader.
    """
    if not target.lower().startswith(SANDBOX):
        return None
    return unquote(target.rstrip("/").rpartition("/")[2] or target)


def linked(label: str, target: str) -> str:
    """A masked link: its label (Markdown), and the host as what can be pressed. `target` is as the model wrote it."""
    words = label.strip()
    if (name := sandbox_name(target)) is not None:
        return words if words and words != PICTURE_SIGN else as_text(name)
    if len(words) <= _LONGEST_CITATION and _LIKE_CITATION.fullmatch(words):
        words = ""
    link = web_link(target)
    if link is None:
        address = as_text(target)
        if not words:
            return address
        return f"{words} ({address})" if address and not target.startswith("#") else words
    if words in (link.host, link.url, target):
        words = ""
    press = glued(f"[{link.host}]({link.url})")
    return f"{words} ({press})" if words else press


_LONGEST_CITATION = 40
_LIKE_CITATION = re.compile(r"[\[\]()【】\s\\^*]*\d{0,6}(?:[:.]\d+)?(?:†\w*)?[\[\]()【】\s\\*]*")


_PARTICLE = re.compile(
    r"(https?://[!-~]*[A-Za-z0-9/_=)-])((?:에서|에게|에|으로|로|을|를|이나|이고|이며|이|가|은|는|와|과|의|도|만|까지|부터|처럼|라는|라고|입니다|이다|예요|이에요)+)",
    re.IGNORECASE,
)
"""A Korean particle that is written on to an address: Discord would take it for a part of that."""


def bare(url: str) -> str:
    """An address that stands in the text, or in angle brackets, as itself."""
    if url.startswith("<"):
        link = web_link(url[1:-1])
        return f"<{link.url}>" if link is not None else as_text(url[1:-1])
    end = len(url.rstrip(".,:;\"'!?*_~|`\\]【】「」『』（）《》〈〉。，、；！？“”‘’…"))
    address, after = url[:end], url[end:]
    if (written := _PARTICLE.fullmatch(address)) is not None:
        address, after = written[1], written[2] + after
    while address.endswith(")") and address.count(")") > address.count("("):
        address, after = address[:-1], ")" + after
    link = web_link(address)
    if link is None:
        return as_text(address) + after
    plain = re.match(rf"https?://{re.escape(link.host)}(?![^/?#])", address, re.IGNORECASE)
    shown = address if plain and "\\" not in address else link.url
    return shown + after if after.isascii() else f"<{shown}>{after}"


def without_scheme(text: str) -> str:
    """Plain text in which addresses such as `discord.gg/…` are code, and `sandbox:/…` is the name of the file."""
    if SANDBOX in text:
        text = _SANDBOX_PATH.sub(lambda found: as_text(sandbox_name(found[0]) or ""), text)
    return _WITHOUT_SCHEME.sub(lambda found: as_text(found[0]), text)


def as_text(address: str) -> str:
    """An address that nobody can press, as code."""
    shown = " ".join(visible(address).replace("`", "'").split())
    shown = shown if len(shown) <= _LONGEST_TEXT else shown[:_LONGEST_TEXT] + "…"
    return f"`{shown}`" if shown else ""


_STRAY_MARK = re.compile(r"【[^【】\n]{0,80}†[^【】\n]{0,80}】")


def without_stray_marks(text: str) -> str:
    """`text` without what looks like a model's mark of a citation (`【4:0†source】`) and stands for none."""
    for _ in range(4):  # a mark may stand round another one
        if "†" not in text or (rest := _STRAY_MARK.sub("", text)) == text:
            return text
        text = rest
    return text.replace("†", "")


def cited_as_text(text: str) -> str:
    """`text` for a block of code: citations are their numbers."""
    return _CITED.sub(r"\1", text).replace(CITATION, "")


# Discord takes some texts for links that other readers of Markdown do not: it finds labels in another way. So `](` is
# broken everywhere in what is shown, except where this module or code has put it.


def glued(markdown: str) -> str:
    """Markdown of ours, or code, in which `](` is to stay."""
    return markdown.replace("](", f"]{_GLUE}(")


def without_glue(text: str) -> str:
    """What a model writes, without the mark that keeps `](`."""
    return text.replace(_GLUE, "")


def unlinked(markdown: str, *, goes_on: bool = False) -> str:
    """Markdown in which no label and address stand together but `glued` ones; `goes_on`: something stands before it."""
    shown = markdown.replace("](", "]\\(").replace(_GLUE, "")
    return f"\\{shown}" if goes_on and shown.startswith("(") else shown
