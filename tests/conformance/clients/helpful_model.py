"""A model that does what the clients' programs ask for, by the last words that a person said."""

import json

from assistants.models.model_protocol import ModelRequest
from tests.assistants.scripted_model import Script, calls, words

PLOT = """
import matplotlib.pyplot as plt
plt.plot([1, 4, 9])
plt.show()
print(6 * 7)
"""


def helpful(request: ModelRequest) -> Script:
    """Call the function that the question is about, where there is one on offer; with its output, answer."""
    last = request.input[-1] if request.input else {}
    if last.get("type") == "function_call_output":
        return words(f"The tool says: {str(last.get('output'))[:2000]}")
    asked = str(last.get("content")).lower()
    names = {tool.name.lower().replace("_", ""): tool.name for tool in request.tools}
    name = next((given for plain, given in names.items() if plain.endswith("getweather")), "")
    if "weather" in asked and name:
        return calls((name, '{"city": "Paris"}'))
    if "lighthouse" in asked and "file_search" in names.values():
        return calls(("file_search", '{"queries": ["colour of the lighthouse"]}'))
    if "compute" in asked and "code_interpreter" in names.values():
        code = PLOT if "plot" in asked else "print(6 * 7)"
        return calls(("code_interpreter", _arguments(code)))
    return words("Hello, how can I help?")


def _arguments(code: str) -> str:
    return json.dumps({"code": code})
