"""FILES_URL, read: which store holds the files, and how it is reached."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

IN_DATABASE = "database"
EXAMPLE = "s3://bucket/folder?endpoint=https://host:9000&region=us-east-1"
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")
_OPTIONS = ("endpoint", "region")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine, or one that several share."""

    path: Path


@dataclass(frozen=True, slots=True)
class InDatabase:
    """The database that holds everything else."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of S3 or of a store that speaks its protocol."""

    name: str
    prefix: str = ""
    """What all keys begin with; it ends in `/` unless it is empty."""
    endpoint: str | None = None
    region: str | None = None
    key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)


Place = Folder | InDatabase | Bucket


def read_address(text: str) -> Place:
    """The place that `text` names.

    Raises:
        ValueError: it names none; the message never repeats it, as it may hold a key.
    """
    text = text.strip()
    if text.rstrip(":") == IN_DATABASE:
        return InDatabase()
    if text.startswith("file://"):
        path = Path(unquote(text.removeprefix("file://")))
        if not path.is_absolute():
            raise ValueError("a folder is file:// and its whole path, such as file:///srv/saem/files")
        return Folder(path)
    if text.startswith("s3://"):
        return _bucket(text)
    raise ValueError(f"it must be `{IN_DATABASE}`, file:///a/folder or {EXAMPLE}")


def _bucket(text: str) -> Bucket:
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError(f"it is no address such as {EXAMPLE}") from None
    account, at, name = parts.netloc.rpartition("@")
    key, colon, secret = account.partition(":")
    if ":" in name:
        raise ValueError(
            "an S3 address has a bucket and no port: another host is ?endpoint=…, and a / in a key is written %2F"
        )
    if at and not (key and colon and secret):
        raise ValueError("before @ there must be an access key and its secret: s3://KEY:SECRET@bucket")
    if not _BUCKET.fullmatch(name):
        raise ValueError(f"it names no bucket; an address is such as {EXAMPLE}")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := sorted(options.keys() - set(_OPTIONS)):
        raise ValueError(f"it has an option {unknown[0]!r}; there are {' and '.join(_OPTIONS)}")
    endpoint = options.get("endpoint") or None
    if endpoint is not None and not _is_endpoint(endpoint):
        raise ValueError("its endpoint must be http:// or https:// and a host, without a key")
    if parts.fragment:
        raise ValueError("it has a # that is not written %23")
    prefix = unquote(parts.path).strip("/")
    return Bucket(
        name,
        prefix=f"{prefix}/" if prefix else "",
        endpoint=endpoint,
        region=options.get("region") or None,
        key=unquote(key) or None,
        secret=unquote(secret) or None,
    )


def _is_endpoint(text: str) -> bool:
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and (parts.port or 0) >= 0
    except ValueError:
        return False
    return usable and parts.scheme in {"http", "https"} and "@" not in parts.netloc
