"""AutoGen 0.2: GPTAssistantAgent with a function and code."""

import os
from importlib.metadata import version

from autogen import UserProxyAgent
from autogen.agentchat.contrib.gpt_assistant_agent import GPTAssistantAgent


def did(what):
    print(f"did: {what}", flush=True)


asked = []


def get_weather(city: str) -> str:
    asked.append(city)
    return "Sunny, 21 °C."


print(f"version: {version('autogen-agentchat')}")
config = {
    "config_list": [
        {"model": "gpt-4o", "api_key": os.environ["OPENAI_API_KEY"], "base_url": os.environ["OPENAI_BASE_URL"]}
    ],
    "check_every_ms": 100,
}
schema = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
tools = [{"type": "function", "function": schema}, {"type": "code_interpreter"}]
agent = GPTAssistantAgent(
    name="Tutor", instructions="Be brief.", llm_config=config, assistant_config={"tools": tools}, verbose=False
)
agent.register_function(function_map={"get_weather": get_weather})
person = UserProxyAgent(
    name="Minji", human_input_mode="NEVER", code_execution_config=False, max_consecutive_auto_reply=0
)
chat = person.initiate_chat(agent, message="Hello", silent=True)
assert chat.chat_history[-1]["content"]
did("an assistant made and asked")
chat = person.initiate_chat(agent, message="What is the weather in Paris?", silent=True, clear_history=False)
assert asked == ["Paris"], asked
assert "Sunny" in chat.chat_history[-1]["content"], chat
did("a function called")
chat = person.initiate_chat(agent, message="Compute, please.", silent=True, clear_history=False)
said = chat.chat_history[-1]["content"]
if "Hello" not in said:
    assert "42" in said, said
    did("code run")
agent.delete_assistant()
did("the assistant deleted")
