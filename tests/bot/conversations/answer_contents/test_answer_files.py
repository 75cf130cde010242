"""Pictures and files of an answer: each shown once, named, described, and never more than Discord takes."""

from typing import Any

import openai
import pytest
from openai.types import FileObject
from openai.types.beta.threads import FilePathAnnotation
from openai.types.beta.threads.runs import CodeInterpreterToolCall

from bot.conversations.answer_contents import answer_files
from bot.conversations.answer_contents.answer_files import AnswerFiles, looks_like_a_picture, titles_in

PNG = b"\x89PNG\r\n\x1a\n..."


class Server:
    """The Assistants server's files; what is not there is not found."""

    def __init__(self, **files: bytes) -> None:
        self.files = files
        self.fetched: list[str] = []

    async def file(self, file_id: str) -> FileObject:
        if file_id not in self.files:
            raise openai.OpenAIError("There is no such file.")
        return FileObject.model_construct(id=file_id, bytes=len(self.files[file_id]))

    async def file_content(self, file_id: str) -> bytes:
        self.fetched.append(file_id)
        return self.files[file_id]


class Reply:
    """A reply that notes what it shows."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str | None]] = []

    def picture(self, filename: str, data: bytes, alt: str = "") -> None:
        assert data
        self.shown.append((filename, alt))

    def file(self, filename: str, data: bytes, alt: str | None = None) -> str:
        assert data
        self.shown.append((filename, alt))
        return "file.csv"


def linked(file_id: str, name: str) -> FilePathAnnotation:
    return FilePathAnnotation.model_validate(
        {
            "type": "file_path",
            "text": f"sandbox:/mnt/data/{name}",
            "start_index": 0,
            "end_index": 1,
            "file_path": {"file_id": file_id},
        }
    )


def call(code: str, *images: str) -> CodeInterpreterToolCall:
    outputs: list[Any] = [{"type": "image", "image": {"file_id": image}} for image in images]
    details = {"input": code, "outputs": [{"type": "logs", "logs": "…"}, *outputs]}
    return CodeInterpreterToolCall.model_validate({"id": "1", "type": "code_interpreter", "code_interpreter": details})


def opened(server: Server, *, limit: int = 1 << 20, locale: Any = "en", about: str = "plot it") -> Any:
    reply, notes = Reply(), list[str]()
    return AnswerFiles(server, reply, notes, locale, limit=limit, about=about), reply, notes


async def test_each_is_shown_once_with_the_titles_that_its_code_gives() -> None:
    files, reply, notes = opened(Server(a=PNG, b=PNG))
    assert not files.ran_code
    files.note_calls([call("plt.title('Squares')\nplt.xlabel('n')", "a"), call("plt.plot(x)", "b")])
    for _ in range(2):
        await files.picture("a")
        await files.picture("b")
    assert reply.shown == [("a.png", "Plot: Squares; x: n"), ("b.png", "Picture for “plot it”")]
    assert files.ran_code
    assert files.any_shown
    assert notes == []


async def test_files_are_attached_and_pictures_among_them_shown() -> None:
    files, reply, notes = opened(Server(t=b"a,b", p=PNG, h=b"<script>", n=b"not a picture"))
    names = {"t": "sums.csv", "p": "my plot.png", "h": "page.html", "n": "fake.png"}
    await files.annotated([linked(file_id, name) for file_id, name in names.items()])
    await files.annotated([linked("t", "sums.csv")])
    assert reply.shown == [("sums.csv", None), ("my plot.png", "my plot.png"), ("page.html", None), ("fake.png", None)]
    assert notes == []


async def test_a_name_that_discord_cannot_show_is_told() -> None:
    files, _, notes = opened(Server(t=b"a,b"), locale="ko")
    await files.annotated([linked("t", "성적표.csv")])
    assert notes == ["file.csv는 성적표.csv 파일이에요."]


async def test_what_is_too_large_or_gone_has_a_sentence_and_is_not_fetched() -> None:
    server = Server(big=b"x" * (1 << 21), edge=b"x" * (1 << 20))
    files, reply, notes = opened(server)
    await files.annotated([linked("big", "all *data*.csv"), linked("gone", "old.csv"), linked("edge", "edge.csv")])
    await files.picture("lost")
    assert notes == [
        "all \\*data\\*.csv has 2 MB, and Discord takes 1 MB here, so I cannot show it. Ask me for a smaller one.",
        "I could not fetch old.csv.",
        "I could not fetch a picture.",
    ]
    assert [name for name, _ in reply.shown] == ["edge.csv"]
    assert server.fetched == ["edge"]


async def test_too_many_files_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_files, "MOST", 2)
    files, reply, notes = opened(Server(**{f"f{n}": PNG for n in range(5)}))
    for n in range(5):
        await files.picture(f"f{n}")
    assert len(reply.shown) == 2
    assert notes == ["There are more files; I show 2 with an answer."]


async def test_a_picture_without_titles_or_question_is_a_picture() -> None:
    files, reply, _ = opened(Server(a=PNG), about="", locale="ko")
    await files.picture("a")
    assert reply.shown == [("a.png", "그림")]


@pytest.mark.parametrize(
    ("code", "titles"),
    [
        ("ax.set_title(\"It's\")\nax.set_xlabel('time (s)')\nax.set_ylabel(r'거리')", "It's; x: time (s); y: 거리"),
        ("plt.xlabel('x'); plt.ylabel('y')", ""),
        ("df.plot.bar(title='Means', xlabel='class')", "Means; x: class"),
        ("plt.plot(x, label='a'); plt.plot(x, label = \"b\"); plt.plot(y, label='a')", "a, b"),
        ("plt.title('y = x'); plt.plot(x, label='y = x')", "y = x"),
        ("plt.title(f'{name}')", ""),
        ("plt.title('')", ""),
        ("", ""),
    ],
)
def test_titles_are_read_from_code(code: str, titles: str) -> None:
    assert titles_in(code) == titles


def test_pictures_are_known_by_their_first_bytes() -> None:
    assert looks_like_a_picture(PNG)
    assert looks_like_a_picture(b"RIFF....WEBP")
    assert not looks_like_a_picture(b"RIFF....WAVE")
    assert not looks_like_a_picture(b"<svg>")
