"""Run the tests, and run those that fail once more, each alone: `python -m tools.run_tests [--fast] [pytest options]`.

A test that fails and passes alone right after is flaky: the last lines name it, and the run passes. A test that fails
alone too fails the run. So does a run with more than `MOST_FLAKY` failures: many tests do not fail by chance.
`--fast` runs only what a change can touch, in about two minutes (see `affected_tests`).
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.affected_tests import affected_tests, changed_files

MOST_FLAKY: Final = 5
TESTS_FAILED: Final = 1
"""pytest's exit code for a run that came to its end with failed tests."""
PARALLEL: Final = ("-n", "5", "--dist", "loadfile", "--no-loadscope-reorder")
"""Five processes, as most tests wait for something; each file in one of them. Files start in the order that
`tests/conftest.py` gives: slowest first."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tests; answers the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.run_tests", description="Run the tests.")
    parser.add_argument("--fast", action="store_true", help="only what a change can touch, in about two minutes")
    parser.add_argument("--since", metavar="REVISION", help="with --fast: what the change is counted from")
    chosen, options = parser.parse_known_args(arguments)
    if chosen.fast:
        root = Path.cwd()
        changed = changed_files(root, chosen.since)
        found = affected_tests(root, changed)
        print(f"{len(changed)} files changed; running {len(found.run)} test files.")
        if found.left_out:
            print(f"Left out, as they would take longer than two minutes: {', '.join(found.left_out)}")
        options += found.run
    return run(options)


def run(options: Sequence[str]) -> int:
    """Run pytest with `options`, then each failed test alone; answers the exit code."""
    with tempfile.TemporaryDirectory() as cache:
        code = _pytest(*PARALLEL, "-o", f"cache_dir={cache}", *options)
        if code != TESTS_FAILED:
            return code
        failed = list(json.loads((Path(cache) / "v/cache/lastfailed").read_text(encoding="utf-8")))
    if len(failed) > MOST_FLAKY:
        print(f"\n{len(failed)} tests failed. Up to {MOST_FLAKY} are run again to see whether they are flaky.")
        return code
    broken = [test for test in failed if _pytest("-p", "no:xdist", "-p", "no:cacheprovider", test)]
    flaky = [test for test in failed if test not in broken]
    if flaky:
        print("\nFlaky: failed in the run, passed alone right after. Mend them before other work:", *flaky, sep="\n  ")
    if broken:
        print("\nFailed in the run and alone:", *broken, sep="\n  ")
    return code if broken else 0


def _pytest(*arguments: str) -> int:
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode


if __name__ == "__main__":
    try:
        exit_code = main()
    except KeyboardInterrupt:
        exit_code = 130
    sys.exit(exit_code)
