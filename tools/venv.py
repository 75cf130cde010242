"""Make the virtual environment from a requirements lock: `python -m tools.venv .venv requirements.lock`."""

import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)


def main() -> int:
    """Create or update the environment; returns the exit code."""
    if sys.version_info < OLDEST:
        print(f"Saem needs Python {'.'.join(map(str, OLDEST))} or newer; this is {sys.version.split()[0]}.")
        print("Say which one to use: make demo PYTHON=/path/to/python3.12")
        return 1
    venv, lock = Path(sys.argv[1]), sys.argv[2]
    python = venv / "bin" / "python"
    print(f"Setting up {venv} from {lock}; the first time takes a minute or two.", flush=True)
    if not usable(venv):
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=False)
        if made.returncode:
            print("The virtual environment could not be made; on Debian and Ubuntu: apt install python3-venv")
            return made.returncode
    install = _installer(python)
    for what in (["--require-hashes", "-r", lock], ["--no-deps", "-e", "."]):
        done = subprocess.run([*install, *what], check=False)
        if done.returncode:
            print(f"Installing {what[-1]} failed; what went wrong stands above.")
            return done.returncode
    return 0


def usable(venv: Path) -> bool:
    """Whether the environment can be updated, and need not be made again.

    Its making may have been broken off, its folder moved, or its Python uninstalled.
    """
    python = venv / "bin" / "python"
    stamp = venv / ".runtime"
    made_for = stamp.read_text(encoding="utf-8").strip() if stamp.exists() else ""
    if made_for not in ("", str(Path.cwd())) or not python.exists():
        return False
    return subprocess.run([str(python), "-c", "import pip"], check=False, capture_output=True).returncode == 0


def _installer(python: Path) -> list[str]:
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", str(python)]
    return [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


if __name__ == "__main__":
    try:
        code = main()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
