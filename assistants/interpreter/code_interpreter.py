"""The `code_interpreter` tool of runs: code that the model writes runs in the thread's kernel, and outputs come back.

https://platform.openai.com/docs/assistants/tools/code-interpreter
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import quote

import structlog

from assistants.errors import ApiError
from assistants.interpreter.kernel import ChangedFile, Kernel, KernelDiedError, Output
from assistants.interpreter.kernels import Kernels, ThreadKernel
from assistants.models.model_protocol import FunctionTool
from assistants.retrieval.file_names import safe_name
from assistants.retrieval.files import Files
from assistants.server_tools import Progress, ToolContext, ToolResult
from assistants.store.files import File
from assistants.store.made_files import made_files, note_made_files
from assistants.store.store import Store
from function_arguments.code_text import CodeReader, read_code
from function_arguments.reader import ArgumentsError

log = structlog.get_logger(__name__)

SECONDS: Final = 60.0
"""How long a call's code may take."""
MOST_FILES: Final = 20
"""Files that are kept of what one call has made; https://platform.openai.com/docs/assistants/tools/code-interpreter"""
LARGEST_FILE: Final = 64 << 20
FOR_MODEL: Final = 16_000
"""Characters of a call's outputs that the model reads."""
CODE_TOLD: Final = 6_000
"""Characters of a call's code that later runs are told."""
OUTPUT_TOLD: Final = 2_000
PURPOSE: Final = "assistants_output"
FOLDER: Final = "/mnt/data"
_PATH: Final = re.compile(r"sandbox:/mnt/data/")
_GOES_ON: Final = re.compile(r"[\w-]|[.%]\w", re.ASCII)
LONGEST_NAME: Final = 800
"""Characters of a file's name as it may stand in an address, where letters beyond ASCII take nine."""
_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")

_DESCRIPTION: Final = (
    "Runs Python in a Jupyter kernel that keeps its variables during the conversation. Use it for calculations, data"
    " and plots. numpy, sympy, pandas, scipy, matplotlib, openpyxl and pillow are installed; there is no network, and"
    f" code is stopped after {SECONDS:g} s. Files are in {FOLDER}; write files for the person there too, and link to"
    f" them as [name](sandbox:{FOLDER}/name). Plots are shown to the person by themselves: do not link to them. Give"
    " them titles and labels in the person's language; fonts for Hangul, ideographs and kana are set up."
)
_NO_OUTPUT: Final = "The code ran and put nothing out."
_PICTURE: Final = "[A picture was shown to the person.]"


class CodeInterpreter:
    """The tool. `close` ends all kernels."""

    type = "code_interpreter"

    def __init__(self, store: Store, files: Files, kernels: Kernels) -> None:
        self._store = store
        self._files = files
        self._kernels = kernels

    async def open(self, context: ToolContext) -> "CodeInterpreterSession":
        """The tool for one run, with the files of its assistant and its thread."""
        ids = [
            file_id
            for resources in context.tool_resources
            for file_id in resources.get("code_interpreter", {}).get("file_ids", ())
        ]
        given = [file for file_id in dict.fromkeys(ids) if (file := await self._found(file_id)) is not None]
        async with self._store.read() as session:
            made = await made_files(session, context.thread_id)
        return CodeInterpreterSession(
            self._store, self._files, self._kernels, context.thread_id, given=given, made=made
        )

    def for_later_runs(self, arguments: str, output: str) -> tuple[str, str] | None:
        """The code and its output, the middle of long ones left out: so that a later run can change what it did."""
        try:
            code = read_code(arguments)
        except ArgumentsError:
            return None
        return json.dumps({"code": _shortened(code, CODE_TOLD)}, ensure_ascii=False), _shortened(output, OUTPUT_TOLD)

    async def close(self) -> None:
        """End all kernels."""
        await self._kernels.close()

    async def _found(self, file_id: str) -> File | None:
        """The file; None if it was deleted since it was attached."""
        try:
            return await self._files.find(file_id)
        except ApiError:
            return None


class CodeInterpreterSession:
    """The tool in one run."""

    def __init__(
        self,
        store: Store,
        files: Files,
        kernels: Kernels,
        thread_id: str,
        *,
        given: Sequence[File],
        made: dict[str, str],
    ) -> None:
        self._store = store
        self._files = files
        self._kernels = kernels
        self._thread_id = thread_id
        self._given = _by_name(given)
        self._made = made
        """The ids of files that the thread's code has made, by name."""
        self._images: list[str] = []

    @property
    def function(self) -> FunctionTool:
        """The function that the model calls; it tells the names of the files that are there."""
        names = ", ".join(sorted({*self._given, *self._made}))
        return FunctionTool(
            name="code_interpreter",
            description=f"{_DESCRIPTION} Files that are there: {names}." if names else _DESCRIPTION,
            parameters={
                "type": "object",
                "properties": {"code": {"type": "string", "description": "Python, as in a cell of a notebook."}},
                "required": ["code"],
                "additionalProperties": False,
            },
        )

    def new_call_details(self) -> dict[str, Any]:
        """As the API has it."""
        return {"input": "", "outputs": []}

    def arguments_reader(self) -> Callable[[str], dict[str, Any] | None]:
        """Shows the code while the model writes it."""
        reader = CodeReader()

        def read(piece: str) -> dict[str, Any] | None:
            code = reader.feed(piece)
            return {"input": code} if code else None

        return read

    async def call(self, arguments: str, progress: Progress) -> ToolResult:
        """Run the code; what goes wrong is told to the model."""
        try:
            code = read_code(arguments)
        except ArgumentsError as error:
            return ToolResult(str(error), {"input": "", "outputs": []})
        code = code.encode(errors="replace").decode()  # half a surrogate pair is no text that could be passed on
        outputs = _Outputs(progress)
        try:
            async with self._kernels.of(self._thread_id) as held:
                await self._put_files(held, outputs)
                async for output in held.kernel.execute(code, SECONDS):
                    await self._take(output, outputs)
                await self._keep_files(held, outputs)
        except KernelDiedError as error:
            outputs.add_text(f"{error} Its variables are gone; the files are there again in the next call.\n")
        return ToolResult(outputs.for_model, {"input": code, "outputs": outputs.shown})

    def take_images(self) -> list[str]:
        """The ids of the pictures that were made since the last time; the next message shows them."""
        images, self._images = self._images, []
        return images

    def annotate(self, text: str) -> Sequence[dict[str, Any]]:
        """A `file_path` for each `sandbox:/mnt/data/…` that names a file which code has made."""
        found = []
        for match in _PATH.finditer(text):
            written = self._written_name(text[match.end() : match.end() + LONGEST_NAME])
            if written is not None:
                name, length = written
                end = match.end() + length
                found.append(
                    {
                        "type": "file_path",
                        "text": text[match.start() : end],
                        "start_index": match.start(),
                        "end_index": end,
                        "file_path": {"file_id": self._made[name]},
                    }
                )
        return found

    def _written_name(self, text: str) -> tuple[str, int] | None:
        """The file whose name a text begins with, and how long it is there: models write blanks as they are, or `%20`.

        Of several, the longest; what stands directly behind it must not look like more of a name.
        """
        forms = [(form, name) for name in self._made for form in {name, quote(name), name.replace(" ", "%20")}]
        for form, name in sorted(forms, key=lambda each: -len(each[0])):
            if text.startswith(form) and not _GOES_ON.match(text, len(form)):
                return name, len(form)
        return None

    async def close(self) -> None:
        """Nothing is held: the kernel stays for the thread's next run."""

    async def _put_files(self, held: ThreadKernel, outputs: "_Outputs") -> None:
        """Put what the kernel has not got yet into its /mnt/data."""
        wanted = {name: file.id for name, file in self._given.items()}
        if held.is_new:
            held.files |= {wanted[name] for name in wanted.keys() & self._made.keys()}  # code has changed them since
            wanted |= self._made
        for name, file_id in wanted.items():
            if file_id in held.files:
                continue
            try:
                data = await self._files.read(await self._files.find(file_id))
            except ApiError:  # it was deleted meanwhile
                continue
            if why := await held.kernel.put(name, data):
                outputs.add_note(f"The file {name} is not in {FOLDER}: {why}.")
            held.files.add(file_id)

    async def _take(self, output: Output, outputs: "_Outputs") -> None:
        if output.kind != "image":
            outputs.add_text(_COLOURS.sub("", output.text))
            return
        file = await self._files.add("plot.png", output.image, purpose=PURPOSE)
        self._images.append(file.id)
        outputs.add_image(file.id)

    async def _keep_files(self, held: ThreadKernel, outputs: "_Outputs") -> None:
        """Keep what the code has made, so that it can be downloaded and outlives the kernel."""
        changed = await held.kernel.changed()
        kept: dict[str, str] = {}
        for file in changed[:MOST_FILES]:
            if (file_id := await self._kept(held.kernel, file, outputs)) is not None:
                kept[file.name] = file_id
                held.files.add(file_id)
        if len(changed) > MOST_FILES:
            outputs.add_note(f"Only the first {MOST_FILES} of {len(changed)} files are kept.")
        if kept:
            async with self._store.write() as session:
                await note_made_files(session, self._thread_id, kept)
            self._made |= kept
            outputs.add_note(f"Files that can be linked to: {', '.join(f'sandbox:{FOLDER}/{name}' for name in kept)}")

    async def _kept(self, kernel: Kernel, file: ChangedFile, outputs: "_Outputs") -> str | None:
        if file.name != safe_name(file.name) or file.name.startswith("."):
            return None  # names that no person should meet, and hidden files
        if not 0 < file.size <= LARGEST_FILE:
            if file.size:
                outputs.add_note(
                    f"{file.name} is too large to be kept: {file.size} bytes; {LARGEST_FILE} are possible."
                )
            return None
        data = await kernel.get(file.name)
        if not data or len(data) > LARGEST_FILE:  # it was another when its size was told
            return None
        try:
            return (await self._files.add(file.name, data, purpose=PURPOSE)).id
        except ApiError as error:
            outputs.add_note(f"{file.name} could not be kept: {error.message}")
            return None


class _Outputs:
    """The outputs of a call, as the step shows them and as the model reads them."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.shown: list[dict[str, Any]] = []
        self._notes: list[str] = []

    def add_text(self, text: str) -> None:
        """Add to the log; text that follows text is one output."""
        if self.shown and self.shown[-1]["type"] == "logs":
            self.shown[-1]["logs"] += text
        else:
            self.shown.append({"type": "logs", "logs": text})
        self._send({"type": "logs", "logs": text})

    def add_image(self, file_id: str) -> None:
        """Add a picture."""
        image = {"type": "image", "image": {"file_id": file_id}}
        self.shown.append(image)
        self._send(image)

    def add_note(self, text: str) -> None:
        """Tell the model something that is no output."""
        self._notes.append(text)

    @property
    def for_model(self) -> str:
        """What the model reads: of much text the beginning and the end."""
        texts = [output["logs"] if output["type"] == "logs" else _PICTURE for output in self.shown]
        told = "\n".join(text.strip("\n") for text in texts) or _NO_OUTPUT
        return "\n".join([_shortened(told, FOR_MODEL), *self._notes])

    def _send(self, output: dict[str, Any]) -> None:
        self._progress({"outputs": [{"index": len(self.shown) - 1, **output}]})


def _shortened(text: str, most: int) -> str:
    """The text; of a long one the beginning and the end."""
    half = most // 2
    if len(text) <= most:
        return text
    return f"{text[:half]}\n[… {len(text) - 2 * half} characters …]\n{text[-half:]}"


def _by_name(files: Sequence[File]) -> dict[str, File]:
    """Files by the names that they have in /mnt/data: of equal names the later get a number."""
    named: dict[str, File] = {}
    for file in files:
        stem, dot, extension = file.filename.rpartition(".")
        stem, extension = (stem, f".{extension}") if dot and stem else (file.filename, "")
        name, number = file.filename, 2
        while name in named:
            name, number = f"{stem} ({number}){extension}", number + 1
        named[name] = file
    return named
