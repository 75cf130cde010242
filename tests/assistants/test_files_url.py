"""FILES_URL: what it may be, and what is refused without being repeated."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from assistants.file_stores.opening import place_of, told
from assistants.files_url import Bucket, Folder, InDatabase, read_address
from assistants.settings import Settings


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("database", InDatabase()),
        (" database: ", InDatabase()),
        ("file:///srv/saem%20files", Folder(Path("/srv/saem files"))),
        ("s3://saem", Bucket("saem")),
        ("s3://saem/", Bucket("saem")),
        ("s3://saem/a/b/", Bucket("saem", prefix="a/b/")),
        ("s3://saem/수학", Bucket("saem", prefix="수학/")),
        ("s3://K:s%2Fe%40c@saem", Bucket("saem", key="K", secret="s/e@c")),
        (
            "s3://K:s+x@my.bucket_1/p?endpoint=http://localhost:9000&region=eu",
            Bucket("my.bucket_1", "p/", "http://localhost:9000", "eu", "K", "s+x"),
        ),
    ],
)
def test_what_it_may_be(text: str, place: object) -> None:
    assert read_address(text) == place


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it must be"),
        ("data/files", "it must be"),
        ("https://minio:9000/bucket", "it must be"),
        ("file://relative", "whole path"),
        ("s3://", "names no bucket"),
        ("s3:///a", "names no bucket"),
        ("s3://KEY:hu/sh@bucket", "written %2F"),
        ("s3://KEY@bucket", "an access key and its secret"),
        ("s3://:hush@bucket", "an access key and its secret"),
        ("s3://bucket:9000", "no port"),
        ("s3://bucket?endpont=http://a", "an option 'endpont'"),
        ("s3://bucket?endpoint=localhost:9000", "http:// or https://"),
        ("s3://bucket?endpoint=http://k:s@localhost", "without a key"),
        ("s3://bucket?endpoint=http://a:port", "http:// or https://"),
        ("s3://bucket/a#b", "%23"),
        ("s3://[bucket", "no address"),
    ],
)
def test_what_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refusal:
        read_address(text)
    assert "hu" not in str(refusal.value)


@given(st.text("s3:/@?#%=&ab[]K9.\u00e9 ", max_size=30))
def test_nothing_else_comes_out_of_it(text: str) -> None:
    said = ""
    try:
        place = read_address(f"s3://SECRETKEY:hush@{text}")
        said = f"{place!r} {told(place)}"
    except ValueError as refusal:
        said = str(refusal)
    assert "hush" not in said


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


def test_the_usual_variables_fill_in_what_it_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "FILES_URL": "s3://saem",
        "AWS_ACCESS_KEY_ID": "K",
        "AWS_SECRET_ACCESS_KEY": "hush",
        "AWS_SESSION_TOKEN": "token",
        "AWS_DEFAULT_REGION": "eu",
        "AWS_ENDPOINT_URL": "http://a",
    }.items():
        monkeypatch.setenv(name, value)
    assert place_of(settings()) == Bucket("saem", "", "http://a", "eu", "K", "hush", "token")
    monkeypatch.setenv("FILES_URL", "s3://A:b@saem?region=us&endpoint=http://b")
    assert place_of(settings()) == Bucket("saem", "", "http://b", "us", "A", "b", None)
    assert "hush" not in repr(settings())
    assert place_of(settings(), "folder") == Folder(Path("data/files"))


def test_a_wrong_address_is_told_without_it() -> None:
    with pytest.raises(ValidationError) as refusal:
        settings(files_url=SecretStr("s3://KEY:hu/sh@bucket"))
    assert "written %2F" in str(refusal.value)
