"""Answers as models give them, in English and Korean, and formulas as they write them."""

from pathlib import Path

_HERE = Path(__file__).parent
ANSWERS = [
    answer
    for name in ("lessons.md", "further.md", "answers.md")
    for answer in (_HERE / name).read_text(encoding="utf-8").split("\n=====\n")
]
FORMULAS = [
    line
    for name in ("formulas.txt", "further.txt")
    for line in (_HERE / name).read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
