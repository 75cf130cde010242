"""Asks the offline tutor, which reads, solves and tells mathematics, and takes its answers apart."""

import re

from assistants.models.offline.tutor import reply


def ask(*messages: str) -> str:
    """The answer to the last of a student's messages, each answered in turn."""
    said: list[list[str]] = []
    for message in messages:
        said.append(["user", message])
        said.append(["assistant", reply(said)["text"]])
    return said[-1][1]


def answer_line(text: str) -> str:
    """The text behind `Answer:`."""
    lines = re.findall(r"\*\*(?:Answer:|답:)\*\* (.+)", text)
    assert lines, text
    return str(lines[-1])


def formulas(text: str) -> list[str]:
    return re.findall(r"\\\((.+?)\\\)", answer_line(text))


def exact(formula: str) -> str:
    """The formula without a name in front and without a decimal behind."""
    return re.split(r"\\approx|(?<=[}\d)]) = ", re.sub(r"^[A-Za-z](?:_\{\w+\})? = ", "", formula))[0].strip()


def understood(*messages: str) -> str:
    said = [["user", message] for message in messages]
    return str(reply(said)["understood"])


def problem(text: str) -> str:
    found = re.search(r"\\\[ (.+?) \\\]", text)
    assert found, text
    return found[1]
