"""What models write as arguments, and what they get back, in real worker processes."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.calculator import calculator
from bot.calculator.calculator import CalculatorFunction
from bot.calculator.functions import CALCULATE, CHECK_STEPS, FUNCTIONS, SOLVE, Function, language_of
from bot.conversations.tools import ToolCall
from workers import Pool


class Switch:
    """In place of the setting."""

    def __init__(self, *off_in: int) -> None:
        self._off_in = off_in

    def is_on(self, guild_id: int) -> bool:
        return guild_id not in self._off_in


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[Pool]:
    async with Pool(size=1) as running:
        yield running


def call(function: Function, arguments: Any, guild_id: int = 1) -> ToolCall:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return ToolCall("call_1", function.name, text, 5, guild_id, 5, "answer", "thread", "run", 7)


async def answered(pool: Pool, function: Function, arguments: Any, switch: Switch | None = None) -> dict[str, Any]:
    tool = CalculatorFunction(function, pool, switch or Switch())  # type: ignore[arg-type]
    found: dict[str, Any] = json.loads(await tool.call(call(function, arguments)))
    return found


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "arguments",
    [
        {"expression": "1/4 + 1/4"}, {"expr": "1/4 + 1/4"}, {"input": "1/4 + 1/4"},
        '{"expression": "\\frac14 + \\frac14"}',
        '```json\n{"expression": "0.25 + 0.25"}\n```', '{"arguments": {"expression": "1/4 + 1/4"}}',
        {"expression": 0.5},
        '"{\\"expression\\": \\"1/2\\"}"', {"Expression": ["1/2"]},
    ],
)  # fmt: skip
async def test_an_expression_is_calculated_however_it_is_written(pool: Pool, arguments: Any) -> None:
    assert (await answered(pool, CALCULATE, arguments))["decimal"] == "0.5"


@pytest.mark.asyncio(loop_scope="module")
async def test_problems_and_workings_come_in_several_forms(pool: Pool) -> None:
    for arguments in ({"problem": "2x = 8"}, {"equation": "2x = 8"}, {"question": ["2x = 8"]}):
        assert (await answered(pool, SOLVE, arguments))["solutions"][0]["answer"] == r"\(x = 4\)"
    lines = ["2x + 3 = 11", "2x = 14"]
    for arguments in (
        {"lines": lines},
        {"steps": lines},
        {"lines": "2x + 3 = 11\n2x = 14"},
        {"lines": json.dumps(lines)},
    ):
        assert (await answered(pool, CHECK_STEPS, arguments))["slip_name"] == "moved_sign"
    korean = await answered(pool, CHECK_STEPS, {"lines": ["2x + 3 = 11", "따라서 2x = 14"]})
    assert "이항" in korean["slip"]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("function", "arguments", "said"),
    [
        (CALCULATE, "{}", "`expression` must be there, as a string"),
        (CALCULATE, "not json", "not valid JSON"),
        (CALCULATE, {"expression": {"a": 1}}, "as a string"),
        (CALCULATE, {"expression": []}, "as a string"),
        (CALCULATE, {"expression": ["1/2", 3]}, "more than one|as a string|one expression"),
        (SOLVE, {"problem": None}, "`problem` must be there"),
        (CHECK_STEPS, {"lines": 5}, "`lines` must be there, as an array of strings"),
        (CHECK_STEPS, {"lines": [["x = 1"], "x = 2"]}, "array of strings"),
        (CHECK_STEPS, {"lines": ["x"] * 300}, "at most 200 lines"),
        (CALCULATE, {"expression": "9**9**9"}, "too large"),
    ],
)
async def test_arguments_that_do_not_fit_are_a_sentence(
    pool: Pool, function: Function, arguments: Any, said: str
) -> None:
    error = (await answered(pool, function, arguments))["error"]
    assert any(part in error for part in said.split("|")), error


@pytest.mark.asyncio(loop_scope="module")
async def test_what_takes_too_long_or_breaks_is_a_sentence(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calculator, "SECONDS", 0.05)
    slow = Function(
        "slow", "", "expression", {"type": "string"}, "tests.workers.jobs:wait_for_file", (), localized=False
    )
    assert (await answered(pool, slow, {"expression": "never"}))["error"] == calculator.TOO_SLOW
    monkeypatch.undo()
    broken = Function("broken", "", "expression", {"type": "string"}, "maths.calculating.expression:nothing", ())
    assert (await answered(pool, broken, {"expression": "2"}))["error"] == calculator.FAILED


@pytest.mark.asyncio(loop_scope="module")
async def test_a_server_that_turned_it_off_is_neither_offered_it_nor_answered(pool: Pool) -> None:
    tool = CalculatorFunction(CALCULATE, pool, Switch(9))  # type: ignore[arg-type]
    assert tool.offered_in(1, 5)
    assert not tool.offered_in(9, 5)
    told = json.loads(await tool.call(call(CALCULATE, {"expression": "2 + 2"}, guild_id=9)))
    assert told == {"error": calculator.OFF}
    so_far = json.loads(await tool.output_so_far(call(CALCULATE, {"expression": "2 + 2"})))
    assert so_far["value"] == "4"


def test_every_function_has_one_argument_that_it_requires() -> None:
    for function in FUNCTIONS:
        assert function.definition["name"] == function.name
        assert function.parameters["required"] == [function.argument]
        assert list(function.parameters["properties"]) == [function.argument]
        assert function.argument not in function.aliases
    assert language_of(["x = 1", "따라서 x = 1"]) == "ko"
    assert language_of("x = 1") == "en"
    assert CALCULATE.job_arguments("2") == ("2",)
    assert SOLVE.job_arguments("풀어") == ("풀어", "ko")
