"""agency-swarm (the last version on the Assistants API): two agents that talk, a tool, files to search."""

import os
import tempfile
from importlib.metadata import version
from pathlib import Path

import openai
from agency_swarm import Agency, Agent, BaseTool, set_openai_client
from pydantic import Field


def did(what):
    print(f"did: {what}", flush=True)


class GetWeather(BaseTool):
    """The weather in a city."""

    city: str = Field(..., description="The city.")

    def run(self):
        asked.append(self.city)
        return "Sunny, 21 °C."


asked = []
os.chdir(tempfile.mkdtemp())
files = Path("files")
files.mkdir()
(files / "lighthouse.txt").write_text("The lighthouse is turquoise.", encoding="utf-8")
print(f"version: {version('agency-swarm')}")
set_openai_client(openai.OpenAI())
guide = Agent(name="Guide", description="Answers.", instructions="Be brief.", tools=[GetWeather], model="gpt-4o")
librarian = Agent(
    name="Librarian", description="Searches.", instructions="Search.", files_folder=str(files), model="gpt-4o"
)
agency = Agency([guide, librarian, [guide, librarian]], shared_instructions="Be kind.", settings_path="settings.json")
assert agency.get_completion("Hello")
did("an agency of two agents set up and asked")
assert "Sunny" in agency.get_completion("What is the weather in Paris?")
assert asked == ["Paris"], asked
did("a tool called")
assert "turquoise" in agency.get_completion("What colour is the lighthouse?", recipient_agent=librarian)
did("a second agent's folder of files searched")
for agent in (guide, librarian):
    agent.delete()
did("the agents deleted, with their files")
