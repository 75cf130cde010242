"""Unicode's mathematical alphabets, superscripts, subscripts and fractions, and characters to be replaced."""

import re
from unicodedata import normalize

_HOLES = {
    "script": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "fraktur": dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),
    "double-struck": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
}
_FIRST = {"script": 0x1D49C, "fraktur": 0x1D504, "double-struck": 0x1D538}
_DOUBLE_ZERO = 0x1D7D8
_FORMS = "ϵϑϰϕϱϖ"
_FIRST_FORMS = {"": 0x1D716, "italic": 0x1D716, "bold": 0x1D6DC, "bold-italic": 0x1D750}
"""Code points of the variant forms of Greek letters, which follow the alphabets."""


def letter(char: str, variant: str) -> str | None:
    """A letter or digit in a mathematical alphabet; None if Unicode has no character for it."""
    if variant not in _FIRST or len(char) != 1 or not char.isascii():
        return None
    if char in _HOLES[variant]:
        return _HOLES[variant][char]
    if "A" <= char <= "Z":
        return chr(_FIRST[variant] + ord(char) - ord("A"))
    if "a" <= char <= "z":
        return chr(_FIRST[variant] + 26 + ord(char) - ord("a"))
    if variant == "double-struck" and char.isdigit():
        return chr(_DOUBLE_ZERO + int(char))
    return None


def greek(char: str, variant: str) -> str | None:
    """A variant form of a Greek letter in italics or bold; None for any other character."""
    if char not in _FORMS or variant not in _FIRST_FORMS:
        return None
    return chr(_FIRST_FORMS[variant] + _FORMS.index(char))


SUPERSCRIPTS = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθφχ′∗°∘⊤ ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᵠᵡ′*°°ᵀ ",
        strict=True,
    )
)
SUBSCRIPTS = dict(zip("0123456789+−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
FRACTIONS = {
    ("1", "2"): "½",
    ("1", "3"): "⅓",
    ("2", "3"): "⅔",
    ("1", "4"): "¼",
    ("3", "4"): "¾",
    ("1", "5"): "⅕",
    ("2", "5"): "⅖",
    ("3", "5"): "⅗",
    ("4", "5"): "⅘",
    ("1", "6"): "⅙",
    ("5", "6"): "⅚",
    ("1", "8"): "⅛",
    ("3", "8"): "⅜",
    ("5", "8"): "⅝",
    ("7", "8"): "⅞",
}


def _unsquared(char: str) -> str:
    """`㎠` is cm², `㎞` km, upright."""
    unit = normalize("NFKC", char).replace("2", "²").replace("3", "³")
    return re.sub(r"^([^²³]+)", r"\\mathrm{\1}", unit)


REPLACED_CHARACTERS = {
    **{code: _unsquared(chr(code)) for code in range(0x3380, 0x33E0)},
    **{ord(char): normalize("NFKC", char) for char in "（），．：；！？＋－＝＜＞／［］｜～０１２３４５６７８９"},
    **{code: normalize("NFKC", chr(code)) for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))},
    ord("％"): "\\%",
    ord("✔"): "✓",
    ord("✅"): "✓",
    ord("✗"): "×",
    ord("✘"): "×",
    ord("❌"): "×",
    **dict.fromkeys((0xFE0F, 0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A)), ""),
    0xFEFF: "",
}
"""For `str.translate`: full-width and decorated characters, which the fonts of formulas lack, as LaTeX. What has no
width of its own and what turns the direction of writing is left out."""
