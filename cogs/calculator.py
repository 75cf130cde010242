"""The calculator: functions that every model may call and that Saem answers by itself."""

from bot.calculator.calculator import CalculatorFunction
from bot.calculator.functions import FUNCTIONS
from bot.calculator.switch import CalculatorSwitch
from bot.client import SaemBot


async def setup(bot: SaemBot) -> None:
    """Offer the functions to the model."""
    for function in FUNCTIONS:
        bot.tools.add(CalculatorFunction(function, bot.pool, CalculatorSwitch(bot.server_settings)))
