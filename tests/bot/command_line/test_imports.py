"""What starting the bot imports."""

import subprocess
import sys
from pathlib import Path


def test_what_is_heavy_is_not_imported_by_the_bot() -> None:
    code = (
        "import sys, bot.__main__, assistants.inprocess_transport\n"
        "from bot.client import cog_names\n"
        "import importlib\n"
        "[importlib.import_module(name) for name in cog_names()]\n"
        "heavy = {'sympy', 'xberg', 'pypdfium2', 'ziamath', 'matplotlib', 'resvg_py', 'genanki'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "[]"
