"""A start with much behind it: 1,000 servers, 10,000 conversations, 100,000 questions with their answers.

How long it takes from the process's start until READY was handled, until a student has the first word of an answer, and
until somebody who asked meanwhile has one; what the start asks of the database and of Discord; and memory.

`python -m benchmarks.start [--guilds 1000] [--conversations 10000] [--questions 100000] [--away 86400]`
"""

from benchmarks.start.command import main

__all__ = ["main"]
