"""The chaos: students at work while everything that the bot rests on fails, and what must be true in the end.

`python -m benchmarks.chaos [--seed 1] [--seconds 600] [--students 50] [--servers 10]`; `make chaos` does it for ten
seeds. docs/reliability.md says what is promised.
"""

from benchmarks.chaos.command import main

__all__ = ["main"]
