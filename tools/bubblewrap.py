"""Install bubblewrap, the sandbox of the worker processes, for the tests, where apt can.

Where it cannot be installed the tests of the sandbox are reported as skipped, so this never fails.
"""

import shutil
import sys

from tools import apt


def main() -> int:
    """Print what was found or installed; returns 0."""
    here = shutil.which("bwrap") is not None or apt.install("bubblewrap", "libseccomp2")
    print("bubblewrap: here" if here else "bubblewrap: not here and not to be had; the sandbox's tests will be skipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
