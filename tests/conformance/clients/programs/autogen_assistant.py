"""AutoGen: OpenAIAssistantAgent with a function, files to search and code."""

import asyncio
import tempfile
from importlib.metadata import version
from pathlib import Path

from autogen_agentchat.messages import TextMessage
from autogen_core import CancellationToken
from autogen_core.tools import FunctionTool
from autogen_ext.agents.openai import OpenAIAssistantAgent
from openai import AsyncOpenAI


def did(what):
    print(f"did: {what}", flush=True)


asked = []


async def get_weather(city: str) -> str:
    """The weather in a city."""
    asked.append(city)
    return "Sunny, 21 °C."


def agent(**fields):
    about = {"name": "Tutor", "description": "Helps.", "client": client, "model": "gpt-4o", "instructions": "Be brief."}
    return OpenAIAssistantAgent(**about, **fields)


async def ask(asked_agent, question):
    response = await asked_agent.on_messages([TextMessage(source="user", content=question)], token)
    assert response.chat_message.content, response
    return response.chat_message.content


async def main():
    guide = agent(tools=[FunctionTool(get_weather, description="The weather in a city.")])
    await ask(guide, "Hello")
    did("an assistant made and asked")
    assert "Sunny" in await ask(guide, "What is the weather in Paris?")
    assert asked == ["Paris"], asked
    did("a function called")
    state = await guide.save_state()
    await guide.load_state(state)
    await guide.on_reset(token)
    did("its state saved and loaded, its thread reset")
    await guide.delete_assistant(token)

    path = Path(tempfile.mkdtemp()) / "lighthouse.txt"
    path.write_text("The lighthouse is turquoise.", encoding="utf-8")
    librarian = agent(tools=["file_search", "code_interpreter"])
    await librarian.on_upload_for_file_search(str(path), token)
    assert "turquoise" in await ask(librarian, "What colour is the lighthouse?")
    did("a file uploaded and searched")
    await librarian.on_upload_for_code_interpreter(str(path), token)
    answer = await ask(librarian, "Compute, please.")
    did("a file given to the code interpreter")
    if "Hello" not in answer:
        assert "42" in answer, answer
        did("code run")
    await librarian.delete_uploaded_files(token)
    await librarian.delete_vector_store(token)
    await librarian.delete_assistant(token)
    did("files, vector store and assistants deleted")
    await client.close()


print(f"version: {version('autogen-ext')}")
client = AsyncOpenAI()
token = CancellationToken()
asyncio.run(main())
