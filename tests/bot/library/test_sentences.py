"""What the library says to people."""

from assistants.retrieval import extraction, ingestion
from bot.library.sentences import reason


def test_what_the_server_says_of_a_file_is_said_in_korean_too() -> None:
    said = [value for name, value in vars(extraction).items() if name[0].isupper() and isinstance(value, str)]
    said = [
        value
        for value in [*said, ingestion.TOO_SLOW, ingestion.TOO_MUCH_MEMORY, ingestion.CANNOT_BE_INDEXED]
        if value.endswith(".")
    ]
    assert len(said) >= 13
    assert [value for value in said if reason(value, "ko") == value] == []
