"""`python -m benchmarks.start`; see the package."""

import sys

from benchmarks.start.command import main

print(main(sys.argv[1:]))
