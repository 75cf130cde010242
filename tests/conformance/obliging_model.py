"""A model that does what a conformance check asks of it."""

import json

from assistants.models.model_protocol import ModelRequest
from tests.assistants.scripted_model import Script, calls, words

ARGUMENTS = {
    "get_weather": {"city": "Paris"},
    "file_search": {"queries": ["lighthouse of Hallasan painted"]},
    "code_interpreter": {"code": "print(6 * 7)"},
}


def obliging(request: ModelRequest) -> Script:
    """Call the function that has to be called, or the only one where one has to be; else answer."""
    name = request.tools[0].name if request.tool_choice == "required" else request.tool_choice
    if name in ARGUMENTS:
        return calls((name, json.dumps(ARGUMENTS[name])))
    return words("Hello, it is sunny.")
