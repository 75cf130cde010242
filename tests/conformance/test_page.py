"""docs/conformance.md tells of everything; test_suite.py compares it with what is found today."""

import pytest

from conformance import contract
from tests.conformance.clients.clients import CLIENTS, PROGRAMS
from tests.conformance.page import PAGE, with_section


def test_the_page_tells_of_every_operation_event_and_client() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in [*contract.operations(), *contract.event_names()]:
        assert f"| `{name}` |" in page
    for client in CLIENTS:
        assert f"[{client.name}](" in page
        assert (PROGRAMS / client.program).is_file()
    assert "✗ |" not in page


def test_a_page_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for operations"):
        with_section("# Conformance", "operations", "…")
