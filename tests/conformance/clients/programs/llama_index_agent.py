"""LlamaIndex: OpenAIAssistantAgent with a function and with code."""

from importlib.metadata import version

from llama_index.agent.openai import OpenAIAssistantAgent
from llama_index.core.tools import FunctionTool


def did(what):
    print(f"did: {what}", flush=True)


asked = []


def get_weather(city: str) -> str:
    """The weather in a city."""
    asked.append(city)
    return "Sunny, 21 °C."


print(f"version: {version('llama-index-agent-openai')}")
agent = OpenAIAssistantAgent.from_new(
    name="Tutor",
    instructions="Be brief.",
    tools=[FunctionTool.from_defaults(fn=get_weather)],
    model="gpt-4o",
)
assert str(agent.chat("Hello"))
did("an assistant made and asked")
assert "Sunny" in str(agent.chat("What is the weather in Paris?"))
assert asked == ["Paris"], asked
did("a function called")
assert len(agent.chat_history) >= 4
did("the history read")
again = OpenAIAssistantAgent.from_existing(assistant_id=agent.assistant.id, thread_id=agent.thread_id)
assert str(again.chat("Hello again"))
did("an assistant found again by its id")
coder = OpenAIAssistantAgent.from_new(
    name="Coder", instructions="Compute.", openai_tools=[{"type": "code_interpreter"}], model="gpt-4o"
)
answer = str(coder.chat("Compute, please."))
if "Hello" not in answer:
    assert "42" in answer, answer
    did("code run")
