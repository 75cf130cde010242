"""`python -m benchmarks [name …]`: run all benchmarks, or those named, and print their tables."""

import importlib
import pkgutil
import sys

import benchmarks

COMMON = {
    "__main__",
    "corpus",
    "derivations",
    "house",
    "leak_attempts",
    "model",
    "processes",
    "quiz_questions",
    "table",
}
BY_NAME_ALONE = {"chaos"}
"""It measures no speed, and takes ten minutes."""


def main() -> int:
    names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in COMMON]
    unknown = set(sys.argv[1:]) - set(names)
    if unknown:
        print(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(names)}.")
        return 1
    for name in sys.argv[1:] or [each for each in names if each not in BY_NAME_ALONE]:
        print(f"\n## {name}\n", flush=True)
        print(importlib.import_module(f"benchmarks.{name}").main(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
