"""Hidden parts of a source: each is shown for itself, wherever it was cut."""

import pytest

from bot.replies.hidden_text import hidden, left_out, plain_parts, shown, without_own_mark

SOURCE = f"a\n{hidden('one', 1)}b\n{hidden('two', 2)}c"


def test_one_part_is_shown_while_others_stay_hidden() -> None:
    assert shown(SOURCE, {1}) == f"a\none\nb\n{hidden('two', 2)}c"
    assert shown(SOURCE, {1, 2}) == "a\none\nb\ntwo\nc"
    assert shown(SOURCE, set()) == SOURCE
    assert left_out("", SOURCE) == "a\n…\nb\n…\nc"


@pytest.mark.parametrize(("numbers", "opened", "second"), [({1}, "", "o\n\n"), ({2}, "<details>", "o\n</details>\n")])
def test_a_part_that_goes_on_in_the_next_message_is_shown_in_both(numbers: set[int], opened: str, second: str) -> None:
    first = "a\n<details hidden id=1>\ntw"
    parts = plain_parts([("", first), ("<details>", "o\n</details>\nend")], numbers)
    assert parts == [("", "a\ntw" if 1 in numbers else first), (opened, f"{second}end")]


def test_a_file_holds_nothing_of_a_part_that_began_in_the_message_before() -> None:
    assert left_out("a\n<details hidden id=1>\nx =", " 3\n</details>\nend") == "…\nend"
    assert left_out("a", "b\n<details hidden id=1>\nx = 3") == "b\n…\n"
    assert left_out("a\0", "b\0c") == "bc"


@pytest.mark.parametrize("tag", ["<details hidden>", "<details hidden id=1>", "<DETAILS  hidden id=2 />"])
def test_a_models_own_tag_is_none_of_ours(tag: str) -> None:
    assert without_own_mark(f"{tag}x") == "<details>x"
