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


def main() -> int:
    names = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name not in COMMON]
    unknown = set(sys.argv[1:]) - set(names)
    if unknown:
        print(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(names)}.")
        return 1
    for name in sys.argv[1:] or names:
        print(f"\n## {name}\n", flush=True)
        print(importlib.import_module(f"benchmarks.{name}").main(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
