"""Semantic Kernel: OpenAIAssistantAgent, asked, streamed, with a plugin, files to search and code."""

import asyncio
from importlib.metadata import version
from typing import Annotated

from openai import AsyncOpenAI
from semantic_kernel.agents import AssistantAgentThread, OpenAIAssistantAgent
from semantic_kernel.functions import kernel_function


def did(what):
    print(f"did: {what}", flush=True)


asked = []


class Weather:
    @kernel_function(name="get_weather", description="The weather in a city.")
    def get_weather(self, city: Annotated[str, "The city."]) -> str:
        asked.append(city)
        return "Sunny, 21 °C."


async def main():
    client = AsyncOpenAI()
    definition = await client.beta.assistants.create(model="gpt-4o", instructions="Be brief.", name="Tutor")
    agent = OpenAIAssistantAgent(client=client, definition=definition, plugins=[Weather()])
    response = await agent.get_response(messages="Hello")
    assert str(response.content)
    thread = response.thread
    did("an assistant asked")
    response = await agent.get_response(messages="What is the weather in Paris?", thread=thread)
    assert asked == ["Paris"], asked
    assert "Sunny" in str(response.content), response
    did("a plugin's function called")
    said = ""
    async for piece in agent.invoke_stream(messages="What is the weather in Paris now?", thread=thread):
        said += str(piece.content)
    assert "Sunny" in said, said
    assert asked == ["Paris", "Paris"], asked
    did("the same, streamed")
    assert len([message async for message in thread.get_messages()]) >= 6
    await thread.delete()

    uploaded = await client.files.create(file=("lighthouse.txt", b"The lighthouse is turquoise."), purpose="assistants")
    store = await client.vector_stores.create(name="Library")
    await client.vector_stores.files.create_and_poll(file_id=uploaded.id, vector_store_id=store.id)
    search, resources = OpenAIAssistantAgent.configure_file_search_tool(store.id)
    code, more = OpenAIAssistantAgent.configure_code_interpreter_tool(uploaded.id)
    both = await client.beta.assistants.create(
        model="gpt-4o", name="Librarian", tools=[*search, *code], tool_resources={**resources, **more}
    )
    agent = OpenAIAssistantAgent(client=client, definition=both)
    thread = AssistantAgentThread(client=client)
    response = await agent.get_response(messages="What colour is the lighthouse?", thread=thread)
    assert "turquoise" in str(response.content), response
    did("a file searched")
    pieces = [piece async for piece in agent.invoke_stream(messages="Compute and plot.", thread=thread)]
    said = "".join(str(piece.content) for piece in pieces)
    if "Hello" not in said:
        assert "42" in said, said
        did("code run, streamed")
    await thread.delete()
    for each in (definition, both):
        await client.beta.assistants.delete(each.id)
    did("threads and assistants deleted")
    await client.close()


print(f"version: {version('semantic-kernel')}")
asyncio.run(main())
