"""How well quiz questions are checked: questions made by code, 15 % with a wrong key and 5 % with two right choices.

`python -m benchmarks.quizcheck [--questions 10000] [--seed 1]`; in a warm worker process, one question after another.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter

from benchmarks.quiz_questions import MadeQuestion, everyday, questions
from benchmarks.table import median, ms, percentile, table
from bot.quizzes.checks.quiz_check import JOB, MEMORY, SECONDS
from workers import Pool, WorkerError

QUESTIONS = 10_000


def main(arguments: list[str] | None = None) -> str:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quizcheck", description=__doc__)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments if arguments is not None else [])
    return asyncio.run(_measure(options.questions, options.seed))


async def _measure(count: int, seed: int) -> str:
    seen: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    times: list[float] = []
    async with Pool(size=1, idle_after=300.0) as pool:
        await pool.warm(JOB.partition(":")[0])
        for made in questions(count, seed):
            began = time.perf_counter()
            right = await _right(pool, made.text, made.choices, made.key)
            times.append(time.perf_counter() - began)
            seen["all"] += 1
            _count(seen, missed, made, right)
        decided = 0
        for text, choices in everyday(seed):
            if (right := await _right(pool, text, choices, 0)) is not None:
                decided += 1
                print("decided:", text, choices, right)
    sound = seen["sound"] or 1
    rows = [
        ("wrong keys shown (0)", seen["wrong shown"]),
        ("right keys refused or changed (at most 0.2 %)", f"{100 * seen['sound lost'] / sound:.2f} %"),
        ("decided (at least 90 %)", f"{100 * seen['decided'] / seen['all']:.1f} %"),
        ("of two right choices, sent back", f"{seen['two found']} of {seen['two']}"),
        ("a question, median (60 ms)", ms(median(times))),
        ("the same, 95 %", ms(percentile(times, 95))),
        ("everyday questions decided, of 300 (0)", decided),
        ("kinds not decided", ", ".join(f"{kind} {number}" for kind, number in missed.most_common(5)) or "none"),
    ]
    return table([f"{count} questions, seed {seed}", ""], rows)


def _count(seen: Counter[str], missed: Counter[str], made: MadeQuestion, right: list[int] | None) -> None:
    two = len(made.right) > 1
    seen["two"] += two
    if right is None:
        missed[made.kind] += 1
        if made.key not in made.right:
            seen["wrong shown"] += 1
            print("wrong key not decided:", made)
        return
    seen["decided"] += 1
    if two:
        seen["two found"] += len(right) > 1
        return
    shown = right[0] if len(right) == 1 else None
    if shown is not None and shown not in made.right:
        seen["wrong shown"] += 1
        print("wrong:", made, right)
    if made.key in made.right:
        seen["sound"] += 1
        if shown != made.key:
            seen["sound lost"] += 1
            print("lost:", made, right)


async def _right(pool: Pool, text: str, choices: tuple[str, ...], key: int) -> list[int] | None:
    try:
        found = await pool.run(JOB, text, list(choices), key, False, timeout=SECONDS, memory=MEMORY)
    except WorkerError:
        return None
    right: list[int] | None = found["right"]
    return right


if __name__ == "__main__":
    print(main(sys.argv[1:]))
