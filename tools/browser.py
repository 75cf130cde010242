"""Install a browser for the page's tests: Debian's chromium where there is apt, else Playwright's own.

Where neither can be installed the browser tests are reported as skipped, so this never fails.
"""

import shutil
import subprocess
import sys

from tools import apt

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def main() -> int:
    """Print what was found or installed; returns 0."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        print(f"browser: {found}")
        return 0
    if _with_apt() or _with_playwright():
        return 0
    print("browser: none here and none to be had; the tests of the page will be skipped")
    return 0


def _with_apt() -> bool:
    if not apt.install("chromium", "fonts-noto-cjk", "fonts-noto-color-emoji"):
        return False
    print("browser: Debian's chromium was installed")
    return True


def _with_playwright() -> bool:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=300)
    except subprocess.TimeoutExpired:
        return False
    if done.returncode == 0:
        print("browser: Playwright's own chromium was installed")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
