"""Which files and addresses are pictures that models take."""

import base64

import pytest

from assistants.retrieval.images import image_kind, is_image_address

PICTURES = {
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\r",
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01",
    "gif": b"GIF89a\x01\0\x01\0\0\0",
    "webp": b"RIFF\0\0\0\0WEBPVP8 ",
}


def data_url(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_known_by_its_first_bytes(kind: str) -> None:
    assert image_kind(PICTURES[kind]) == f"image/{kind}"
    assert image_kind(PICTURES[kind] + b"more") == f"image/{kind}"
    assert image_kind(PICTURES[kind][:2]) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Half of 8 is 4.",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"%PDF-1.7\n",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"GIF88a",
        b"BM\0\0",
    ],
)
def test_anything_else_is_no_picture(data: bytes) -> None:
    assert image_kind(data) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "homework.png",
        "ftp://example.com/homework.png",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//example.com/homework.png",
        "https://",
        "https:///homework.png",
        "https://exa mple.com/homework.png",
        "https://example.com/a b.png",
        "http:homework.png",
        "xhttp://example.com/a.png",
        "blob:https://example.com/1",
        "sandbox:/mnt/data/plot.png",
        "file-abc",
        "data:image/png;base64,",
        "data:image/png,abc",
        "data:text/plain;base64,SGFsZg==",
        data_url(b"Half of 8 is 4."),
        data_url(PICTURES["png"], "image/svg+xml"),
        data_url(PICTURES["png"], "text/plain"),
        "data:image/png;base64,!!!!",
        pytest.param("https://" + "a" * 1_000_000 + " ", id="long address"),
        pytest.param("data:image/png" + ";a" * 1_000_000, id="long head"),
        "data:image/png;name=" + "a" * 256 + ";base64,iVBORw0KGgoAAAAN",
        "data:image/png;base64,iVBORw0KGgoAAA\u00e9N",
    ],
)
def test_what_is_no_address_of_a_picture(url: str) -> None:
    assert not is_image_address(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/homework.png",
        "HTTP://example.com:8080/a?b=c",
        "http://127.0.0.1/a.png#b",
        "https://그림.한국/가.png",
        *(data_url(data, f"image/{kind}") for kind, data in PICTURES.items()),
        data_url(PICTURES["jpeg"], "image/jpg"),
        data_url(PICTURES["png"], "IMAGE/PNG;name=a"),
        data_url(PICTURES["gif"] + bytes(1000), "image/gif"),
    ],
)
def test_what_is_the_address_of_a_picture(url: str) -> None:
    assert is_image_address(url)
