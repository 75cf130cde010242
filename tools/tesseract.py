"""Install Tesseract with English and Korean for the tests of scanned pages, where apt can.

Where it cannot be installed those tests are reported as skipped, so this never fails.
"""

import shutil
import subprocess
import sys

from tools import apt

PACKAGES = ("tesseract-ocr", "tesseract-ocr-eng", "tesseract-ocr-kor")


def main() -> int:
    """Print what was found or installed; returns 0."""
    if {"kor", "eng"} <= _languages() or apt.install(*PACKAGES):
        print("tesseract: here, with English and Korean")
    else:
        print("tesseract: not here and not to be had; the tests of scanned pages will be skipped")
    return 0


def _languages() -> set[str]:
    program = shutil.which("tesseract")
    if program is None:
        return set()
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)
    return set(listed.stdout.split())


if __name__ == "__main__":
    sys.exit(main())
