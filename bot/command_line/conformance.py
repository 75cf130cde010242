"""`saem conformance`: how well a server speaks the Assistants v2 API, a line for each operation, stream and error."""

import getpass
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ConfigurationError
from bot.logs import Redact
from conformance.connection import AddressError, connected
from conformance.deviations import printable
from conformance.report import as_json, closing_lines, lines_of
from conformance.suite import Result, UntestableError, chosen_checks, run_checks

KEY_VARIABLE = "CONFORMANCE_KEY"
FAILED, UNTESTABLE = 1, 2
"""Exit codes: something failed; there was nothing to check, or a word of the command was wrong."""


@dataclass(frozen=True, slots=True)
class ConformanceOptions:
    """What the command line says; times are seconds."""

    url: str
    key: str | None
    key_file: Path | None
    model: str
    only: tuple[str, ...]
    as_json: bool
    timeout: float
    wait: float


async def conformance(options: ConformanceOptions) -> int:
    """Check the server and print what is found; the exit code."""
    try:
        checks = chosen_checks(options.only)
        key = read_key(options)
    except (ValueError, ConfigurationError) as error:
        print(f"saem: {error}", file=sys.stderr)
        return UNTESTABLE
    redact = Redact((key,))

    def tell(result: Result) -> None:
        if not options.as_json:
            for line in lines_of(result):
                print(redact.line(line), flush=True)

    try:
        async with connected(options.url, key, seconds=options.timeout, stream_seconds=options.wait) as connection:
            report = await run_checks(connection, checks, model=options.model, wait=options.wait, tell=tell)
    except (AddressError, UntestableError) as error:
        print(redact.line(f"saem: {printable(str(error))}"), file=sys.stderr)
        return UNTESTABLE
    if options.as_json:
        print(redact.line(json.dumps(as_json(report), indent=2)))
    else:
        for line in closing_lines(report):
            print(redact.line(line))
    return FAILED if report.count("failed") else 0


def read_key(options: ConformanceOptions) -> str:
    """The server's key: from the command, its file, the input (`-`), the environment, or the terminal.

    Raises:
        ConfigurationError: there is none, or its file cannot be read.
    """
    if options.key_file is not None:
        key = _key_in(options.key_file)
    elif options.key == "-":
        key = sys.stdin.readline()
    elif options.key is not None:
        hidden = f"{KEY_VARIABLE}, --key-file or - keeps it out of sight."
        print(f"saem: Other users of this machine can see a key that stands in a command. {hidden}", file=sys.stderr)
        key = options.key
    else:
        key = os.environ.get(KEY_VARIABLE, "")
        if not key and sys.stdin.isatty():
            key = getpass.getpass("The server's key: ")
    if not key.strip():
        raise ConfigurationError(f"There is no key. Give it by {KEY_VARIABLE}, --key-file, or - and a line of input.")
    return key.strip()


def _key_in(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"The key's file {path} cannot be read: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"The key's file {path} is no UTF-8 text.") from None
