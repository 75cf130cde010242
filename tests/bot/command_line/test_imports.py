"""What starting the bot imports."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def printed(code: str) -> str:
    """What Python prints in a process of its own."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return done.stdout.strip()


def test_what_is_heavy_is_not_imported_by_the_bot() -> None:
    code = (
        "import sys, bot.__main__, bot.command_line.demo, assistants.inprocess_transport\n"
        "from bot.client import cog_names\n"
        "import importlib\n"
        "[importlib.import_module(name) for name in cog_names()]\n"
        "heavy = {'sympy', 'xberg', 'pypdfium2', 'ziamath', 'matplotlib', 'resvg_py', 'genanki'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert printed(code) == "[]"


def test_a_setting_that_does_not_fit_is_said_before_the_large_libraries_are_loaded() -> None:
    code = (
        "import sys, bot.__main__, assistants.__main__\n"
        "bot.__main__.configure_logs('INFO')\n"
        "bot.__main__.read_startup_settings()\n"
        "heavy = {'aiohttp', 'discord', 'fastapi', 'openai', 'sqlalchemy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert printed(code) == "[]"
