"""Write requirements.lock and requirements-dev.lock: names, versions and hashes, for every platform, no addresses."""

import subprocess
import sys

LOCKS: dict[str, list[str]] = {
    "requirements.lock": ["--extra", "postgres", "--extra", "s3"],
    "requirements-dev.lock": ["--extra", "postgres", "--extra", "s3", "--group", "dev", "-c", "requirements.lock"],
}


def main() -> int:
    """Resolve the requirements again, keeping versions that still fit; returns the exit code."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet"]
    command += [
        "--universal",
        "--generate-hashes",
        "--python-version",
        "3.11",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--no-header",
    ]
    for name, extras in LOCKS.items():
        done = subprocess.run([*command, *extras, "-o", name, *sys.argv[1:]], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
