"""The clients whose programs are run on the server, each in an environment of its own under `.clients/`."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
CACHE = ROOT / ".clients"
PROGRAMS = Path(__file__).with_name("programs")
INSTALL_SECONDS = 900.0
RUN_SECONDS = 180.0
KINDS = {".py": "Python", ".mjs": "Node"}


@dataclass(frozen=True, slots=True)
class Client:
    """A client: its name, its program, and the packages of its environment."""

    name: str
    program: str
    packages: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Its environment's."""
        return CACHE / re.sub(r"[^\w]+", "-", self.name.lower())

    @property
    def is_node(self) -> bool:
        """Whether it is one for Node."""
        return self.program.endswith(".mjs")


CLIENTS = (
    Client("openai-python", "openai_python.py", ("openai",)),
    Client("openai-python 1.109", "openai_python.py", ("openai==1.109.*",)),
    Client("openai-python 1.21", "openai_python.py", ("openai==1.21.*", "httpx<0.28")),
    Client("openai-node 4", "openai_node.mjs", ("openai@4",)),
    Client("openai-node 6", "openai_node.mjs", ("openai@6",)),
    Client("openai-node 7", "openai_node.mjs", ("openai@7",)),
    Client(
        "LangChain.js", "langchain_js.mjs", ("langchain@0.3", "@langchain/core@0.3", "@langchain/openai@0.6", "zod@3")
    ),
    Client("LangChain", "langchain_runnable.py", ("langchain-community<0.4", "langchain<1", "openai<2")),
    Client("AutoGen 0.2", "autogen_gpt_assistant.py", ("autogen-agentchat==0.2.*",)),
    Client("LiteLLM", "litellm_assistants.py", ("litellm",)),
    Client("agency-swarm", "agency_swarm_agency.py", ("agency-swarm<1",)),
    Client("LlamaIndex", "llama_index_agent.py", ("llama-index-agent-openai", "llama-index-llms-openai")),
    Client("AutoGen", "autogen_assistant.py", ("autogen-ext[openai]", "autogen-agentchat")),
    Client("Semantic Kernel", "semantic_kernel_agent.py", ("semantic-kernel",)),
    Client("Airflow's OpenAIHook", "airflow_hook.py", ("apache-airflow-providers-openai",)),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a client's program: the version that ran, what it did, and what went wrong."""

    client: Client
    passed: bool
    version: str = ""
    did: tuple[str, ...] = ()
    skipped: str = ""
    failure: str = ""


async def run_client(client: Client, url: str, key: str) -> Outcome:
    """Run a client's program on a server; its environment is made where there is none."""
    missing = await _installed(client)
    if missing:
        return Outcome(client, passed=False, skipped=missing)
    program = PROGRAMS / client.program
    if client.is_node:  # Node looks for packages from where the program stands
        program = Path(shutil.copy(program, client.folder))
        command: Sequence[str] = ("node", program.name)
    else:
        command = (str(client.folder / "bin/python"), "-W", "ignore", str(program))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(client.folder),
        "OPENAI_BASE_URL": url,
        "OPENAI_API_KEY": key,
        "NO_PROXY": "127.0.0.1",
        "PYTHONUTF8": "1",
    }
    code, output = await _run(command, client.folder, RUN_SECONDS, environment)
    version = re.search(r"^version: (.*)$", output, re.MULTILINE)
    did = tuple(re.findall(r"^did: (.*)$", output, re.MULTILINE))
    failure = "" if code == 0 else _last_lines(output)
    return Outcome(client, passed=code == 0, version=version[1] if version else "", did=did, failure=failure)


async def _installed(client: Client) -> str:
    """Install a client's packages where they are not there; a sentence where that cannot be done."""
    done = client.folder / ".installed"
    if done.is_file() and done.read_text(encoding="utf-8") == "\n".join(client.packages):
        return ""
    shutil.rmtree(client.folder, ignore_errors=True)
    client.folder.mkdir(parents=True)
    if client.is_node:
        if shutil.which("npm") is None:
            return "There is no Node here."
        (client.folder / "package.json").write_text('{"private": true, "type": "module"}\n', encoding="utf-8")
        commands = [["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", *client.packages]]
    else:
        pip = [str(client.folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        commands = [[sys.executable, "-m", "venv", str(client.folder)], [*pip, *client.packages]]
    for command in commands:
        code, output = await _run(command, client.folder, INSTALL_SECONDS, dict(os.environ))
        if code:
            return f"It cannot be installed here: {_last_lines(output)}"
    done.write_text("\n".join(client.packages), encoding="utf-8")
    return ""


async def _run(command: Sequence[str], folder: Path, seconds: float, environment: dict[str, str]) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        process.kill()
        await process.wait()
        return 1, f"It had not ended after {seconds:g} s."
    assert process.returncode is not None
    return process.returncode, output.decode("utf-8", "replace")


def _last_lines(output: str, most: int = 12) -> str:
    return "\n".join(output.strip().splitlines()[-most:])
