"""Fonts for what the usual ones lack: Hangul, ideographs, kana and signs, in formulas, pictures and plots."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
HANGUL: Final = FOLDER / "SaemHangul.ttf"
"""The family `SaemHangul`."""
HAN: Final = FOLDER / "SaemHan.ttf"
"""The family `SaemHan`: ideographs and kana, and nothing that `SaemHangul` has."""
