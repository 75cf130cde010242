"""Installs packages of the distribution for the tests, where apt can and may."""

import os
import shutil
import subprocess


def install(*packages: str) -> bool:
    """Install Debian's `packages`; whether that was done. It is not without apt, or without being root."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages])
    done = [subprocess.run(["apt-get", *c], env=environment, check=False, capture_output=True) for c in commands]
    return not any(each.returncode for each in done)
