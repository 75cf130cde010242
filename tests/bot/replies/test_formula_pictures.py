"""Pictures of formulas: drawn once, and given up when a drawing never ends."""

import asyncio

from bot.replies.formula_pictures import FormulaPictures
from workers import Pool


async def test_a_formula_is_drawn_once_and_kept() -> None:
    async with Pool(size=1) as pool:
        formulas = FormulaPictures(pool)
        picture = await formulas.draw(r"\frac{a}{b}")
        assert picture is not None
        assert formulas.cached(r"\frac{a}{b}") == picture
        assert await formulas.draw(r"\frac{a}{b}") is picture


async def test_a_drawing_that_never_ends_is_given_up_and_others_go_on() -> None:
    async with Pool(size=1) as pool:
        formulas = FormulaPictures(pool, job="tests.bot.replies.endless_drawing:draw", seconds=3)
        endless, other = await asyncio.gather(formulas.draw(r"\infty"), formulas.draw(r"\frac{a}{b}"))
        assert endless is None
        assert other is not None
