"""An artist who never ends with some formulas; runs in a worker, as the real one does."""

from bot.replies import formula_drawing


def draw(latex: str) -> bytes:
    """The formula's picture, unless it says `\\infty`."""
    while "\\infty" in latex:
        pass
    return formula_drawing.draw(latex)
