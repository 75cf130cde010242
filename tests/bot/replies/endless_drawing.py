"""A drawing job that never ends for some formulas; runs in a worker, as the real one does."""

from bot.replies import formula_drawing


def draw(latex: str) -> bytes:
    """The formula's picture; endless if the formula has `\\infty`."""
    while "\\infty" in latex:
        pass
    return formula_drawing.draw(latex)
