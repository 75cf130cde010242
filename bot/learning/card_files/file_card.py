"""A card as files of cards hold it, and what was read from such a file. Values travel to worker processes and back."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

MOST_CARDS: Final = 5_000
"""Cards of one file."""
LONGEST_SIDE: Final = 20_000
"""Characters of a side; what is longer is cut, which is told."""
LONGEST_NAME: Final = 100
"""Characters of a deck's name, a topic or a source."""
PICTURE_REFERENCE: Final = re.compile(r"!\[(?P<alt>[^\[\]\n]*)\]\(picture:(?P<id>[0-9a-f]{32})\)")
"""A picture in a side: `![a triangle](picture:<id>)`."""


@dataclass(frozen=True, slots=True)
class FileCard:
    """A card: `key` tells it from others of its file, and is the same when the file is read again.

    The sides are in Saem's Markdown, with pictures as `PICTURE_REFERENCE`.
    """

    key: str
    front: str
    back: str
    source: str = ""
    topic: str = ""

    def packed(self) -> list[str]:
        """The card for a worker process."""
        return [self.key, self.front, self.back, self.source, self.topic]

    @classmethod
    def unpacked(cls, values: Sequence[str]) -> "FileCard":
        """The card from a worker process."""
        return cls(*values)


@dataclass(frozen=True, slots=True)
class CardFile:
    """What was read from a file of cards, and how much of it was left out, by reason."""

    name: str
    """The deck's name; empty if the file does not say."""
    cards: tuple[FileCard, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """The pictures that the cards refer to, by id."""
    named: bool = True
    """Whether the file says that it holds cards: it is a package, or its columns are named front and back."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """How many: `sounds`, `pictures`, `occlusions`, `empty`, `doubles`, `cut`, `columns`."""

    def packed(self) -> dict[str, Any]:
        """The file from a worker process."""
        return {
            "name": self.name,
            "cards": [card.packed() for card in self.cards],
            "pictures": dict(self.pictures),
            "named": self.named,
            "left_out": dict(self.left_out),
        }

    @classmethod
    def unpacked(cls, values: Mapping[str, Any]) -> "CardFile":
        """The file from a worker process."""
        cards = tuple(FileCard.unpacked(each) for each in values["cards"])
        return cls(values["name"], cards, values["pictures"], values["named"], values["left_out"])


class CardFileError(Exception):
    """A file of cards cannot be read; `reason` names the sentence for it, and `count` a number in that."""

    def __init__(self, reason: str, count: int = 0) -> None:
        super().__init__(f"{reason} {count}" if count else reason)
        self.reason = reason
        self.count = count


def picture_id(data: bytes) -> str:
    """The id of a picture: the same for the same bytes."""
    return hashlib.sha256(data).hexdigest()[:32]


def pictures_in(*sides: str) -> list[str]:
    """The ids of the pictures that sides refer to, each once."""
    return list(dict.fromkeys(found["id"] for side in sides for found in PICTURE_REFERENCE.finditer(side)))


def without_doubles(cards: Iterable[FileCard]) -> tuple[list[FileCard], int]:
    """The cards, each pair of sides once, and how many were left out."""
    kept: dict[tuple[str, str], FileCard] = {}
    count = 0
    for card in cards:
        count += 1
        kept.setdefault((" ".join(card.front.split()), " ".join(card.back.split())), card)
    return list(kept.values()), count - len(kept)
