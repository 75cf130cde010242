"""Steps of tests that read a file as a worker would."""

from pathlib import Path
from tempfile import TemporaryDirectory

from assistants.retrieval import extraction

CASES = Path(__file__).parent / "cases"


def text_of(name: str, data: bytes | str, read_as: str = "") -> str:
    """The text of a file of these bytes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return "\n".join(section.text for section in extraction.read(path, name, read_as))


def case(name: str) -> str:
    """The text of a file in `cases/`."""
    return text_of(name, (CASES / name).read_bytes())
