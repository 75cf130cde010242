"""Display names of students, told apart."""

from collections.abc import Iterable, Mapping


def unique_names(names: Mapping[int, str]) -> dict[int, str]:
    """The names by student; a name that comes again gets a number."""
    taken: set[str] = set()
    shown: dict[int, str] = {}
    for student, name in names.items():
        shown[student] = next(one for one in _numbered(name or "?") if one not in taken)
        taken.add(shown[student])
    return shown


def _numbered(name: str) -> Iterable[str]:
    yield name
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1
