"""Letters that are words, and letters that are products of unknowns."""

PRODUCT_LETTERS = frozenset("abcdefghijklmnpqrstuvwxyzABCXYZ")
BESIDE_NAMES = frozenset("abknrtuxyz")
"""Letters that stand beside a function's name without a space: `xsinx` is a product, `using` a word."""
PRODUCTS = frozenset({"at", "am"})
"""Words that are rather a product behind a sign: `v = u + at`."""
UNITS = frozenset(
    [
        "am", "cm", "hr", "kg", "km", "mg", "min", "ml", "mm", "nd", "pm", "px", "rd", "sec", "st", "th",
    ]
)  # fmt: skip
SHORT_WORDS = frozenset(
    [
        "am", "an", "as", "at", "be", "by", "do", "go", "he", "hi", "if", "in", "is", "it", "me", "my", "no",
        "of", "oh", "ok", "on", "or", "so", "to", "up", "us", "we", "ya", "yo", "hm", "uh", "um", "id", "ex",
        "vs", "eg", "ie", "re", "all", "and", "any", "are", "ask", "but", "can", "cos", "did", "end", "eve",
        "far", "few", "for", "get", "got", "had", "has", "her", "him", "his", "how", "its", "let", "log", "may",
        "new", "not", "now", "off", "old", "one", "our", "out", "own", "per", "put", "say", "see", "set", "she",
        "sum", "the", "tip", "too", "try", "two", "use", "was", "way", "who", "why", "yes", "you", "ive", "abc",
    ]
)  # fmt: skip
WORDS_WITH_NAMES = frozenset(
    [
        "api", "basin", "blog", "blogs", "chin", "china", "cost", "cosy", "cotta", "expat", "karat", "maximum",
        "minimum", "mink", "mint", "minty", "minx", "mutant", "mutt", "nut", "pin", "pink", "pint", "pit", "pita",
        "pity", "pix", "rapt", "sect", "sink", "tabs", "tacos", "tank", "tanks", "tart", "tartan", "taunt", "taut",
        "taxi", "ulna",
    ]
)  # fmt: skip
"""Words that begin or end with a function's name or a Greek letter's."""
