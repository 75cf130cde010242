"""Install Tesseract with English and Korean for the tests of scanned pages, where apt can.

Where it cannot be installed those tests are reported as skipped, so this never fails.
"""

import os
import shutil
import subprocess
import sys


def main() -> int:
    """Print what was found or installed; returns 0."""
    if {"kor", "eng"} <= _languages() or _with_apt():
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


def _with_apt() -> bool:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["tesseract-ocr", "tesseract-ocr-eng", "tesseract-ocr-kor"]
    commands = (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages])
    done = [subprocess.run(["apt-get", *c], env=environment, check=False, capture_output=True) for c in commands]
    return not any(each.returncode for each in done)


if __name__ == "__main__":
    sys.exit(main())
