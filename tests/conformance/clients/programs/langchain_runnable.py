"""LangChain for Python: OpenAIAssistantV2Runnable, alone and as an agent whose tool is called."""

from importlib.metadata import version

from langchain.agents import AgentExecutor
from langchain_community.agents.openai_assistant import OpenAIAssistantV2Runnable
from langchain_core.tools import tool


def did(what):
    print(f"did: {what}", flush=True)


asked = []


@tool
def get_weather(city: str) -> str:
    """The weather in a city."""
    asked.append(city)
    return "Sunny, 21 °C."


print(f"version: {version('langchain-community')}")
assistant = OpenAIAssistantV2Runnable.create_assistant(
    name="Tutor", instructions="Be brief.", tools=[{"type": "code_interpreter"}], model="gpt-4o"
)
messages = assistant.invoke({"content": "Hello"})
assert messages[0].content[0].text.value
did("an assistant made and asked")
messages = assistant.invoke({"content": "Compute, please.", "thread_id": messages[0].thread_id})
said = messages[0].content[0].text.value
if "Hello" not in said:
    assert "42" in said, said
    did("its thread asked on, code run")
agent = OpenAIAssistantV2Runnable.create_assistant(
    name="Guide", instructions="Be brief.", tools=[get_weather], model="gpt-4o", as_agent=True
)
answer = AgentExecutor(agent=agent, tools=[get_weather]).invoke({"content": "What is the weather in Paris?"})
assert asked == ["Paris"], asked
assert "Sunny" in str(answer["output"]), answer
did("an agent whose tool was called")
