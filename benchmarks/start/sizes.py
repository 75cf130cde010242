"""How much there is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """`away`: seconds since the bot was connected last."""

    guilds: int = 1_000
    threads: int = 500
    conversations: int = 10_000
    questions: int = 100_000
    quizzes: int = 10_000
    files: int = 5_000
    away: float = 86_400.0
