"""The store of card sets, of requests for them, and of the pictures on cards, in the bot's database."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.learning.cards.card_set import MADE_CARDS, CardSet
from bot.learning.cards.tables import CardPictureRow, CardRequestRow, CardSetRow
from bot.sentences import Locale
from bot.store.base import now, table_of
from bot.store.store import Store

_SETS, _REQUESTS, _PICTURES = table_of(CardSetRow), table_of(CardRequestRow), table_of(CardPictureRow)

_SET_CARDS: Final = update(_SETS).where(_SETS.c.id == bindparam("of")).values(cards=bindparam("to"))
_SET_MESSAGE: Final = update(_SETS).where(_SETS.c.id == bindparam("of")).values(message_id=bindparam("to"))
_SET_NEWS: Final = update(_SETS).where(_SETS.c.id == bindparam("of")).values(news=bindparam("to"))
_CLEAR_NEWS: Final = (
    update(_SETS).where(_SETS.c.id == bindparam("of"), _SETS.c.news == bindparam("told")).values(news=None)
)
_DROP_REQUEST: Final = delete(_REQUESTS).where(_REQUESTS.c.conversation_id == bindparam("of"))
_ADD_REQUEST: Final = insert(_REQUESTS)
_SET_RUN: Final = update(_REQUESTS).where(_REQUESTS.c.conversation_id == bindparam("of")).values(run_id=bindparam("to"))


@dataclass(frozen=True, slots=True)
class StoredCardRequest:
    """A student's request for cards: what the model is asked, and what a restart needs to ask it again."""

    conversation_id: int
    interaction_id: int
    student_id: int
    name: str
    locale: Locale
    topic: str
    topic_typed: bool
    """False: the topic is how an answer begins."""
    prompt: str
    instructions: str
    run_id: str | None = None


class CardSetStore:
    """Named reads and writes of card sets and requests."""

    def __init__(self, store: Store) -> None:
        self._store = store
        dialect = sqlite if store.dialect == "sqlite" else postgresql
        self._add = dialect.insert(_SETS).on_conflict_do_nothing(index_elements=["call_id"])

    async def add(self, card_set: CardSet) -> CardSet:
        """Store a new set; the set of its call, which is another one if the call had one already."""
        row = {each.name: getattr(card_set, each.name) for each in fields(CardSet)}
        row |= {"cards": _json(card_set), "created_at": now()}
        await self._store.write((self._add, row))
        return await self.of_call(card_set.call_id) or card_set

    async def get(self, set_id: str) -> CardSet | None:
        """The set with that id."""
        return await self._one(select(_SETS).where(_SETS.c.id == set_id))

    async def of_call(self, call_id: str) -> CardSet | None:
        """The set that a call asked for."""
        return await self._one(select(_SETS).where(_SETS.c.call_id == call_id))

    async def set_cards(self, card_set: CardSet) -> None:
        """Store the cards of a set as they are now."""
        await self._store.write((_SET_CARDS, {"of": card_set.id, "to": _json(card_set)}))

    async def set_message(self, set_id: str, message_id: int) -> None:
        """Store which message shows a set."""
        await self._store.write((_SET_MESSAGE, {"of": set_id, "to": message_id}))

    async def set_news(self, set_id: str, news: str) -> None:
        """Store what the model has to be told of a set."""
        await self._store.write((_SET_NEWS, {"of": set_id, "to": news}))

    async def news_told(self, set_id: str, news: str) -> None:
        """The model was told that. What is newer stays."""
        await self._store.write((_CLEAR_NEWS, {"of": set_id, "told": news}))

    async def with_news(self, conversation_id: int) -> Sequence[CardSet]:
        """The sets of a conversation of which the model has to be told something, oldest first."""
        wanted = (_SETS.c.conversation_id == conversation_id) & _SETS.c.news.is_not(None)
        return await self._all(select(_SETS).where(wanted).order_by(_SETS.c.created_at))

    async def add_request(self, request: StoredCardRequest) -> None:
        """Store a request. It replaces an earlier request in the conversation."""
        row = {**asdict(request), "created_at": now()}
        await self._store.write((_DROP_REQUEST, {"of": request.conversation_id}), (_ADD_REQUEST, row))

    async def request_by(self, interaction_id: int) -> StoredCardRequest | None:
        """The request that was made by an interaction."""
        rows = await self._store.read(select(_REQUESTS).where(_REQUESTS.c.interaction_id == interaction_id))
        return _request(rows[0]) if rows else None

    async def request_of(self, conversation_id: int, run_id: str) -> StoredCardRequest | None:
        """The request that a run of the conversation answers; None if there is none, or another run has answered it."""
        rows = await self._store.read(select(_REQUESTS).where(_REQUESTS.c.conversation_id == conversation_id))
        return _request(rows[0]) if rows and rows[0].run_id in {None, run_id} else None

    async def set_request_run(self, conversation_id: int, run_id: str) -> None:
        """A run has answered the request of its conversation with cards."""
        await self._store.write((_SET_RUN, {"of": conversation_id, "to": run_id}))

    async def topics(self, student_id: int, most: int = 25) -> Sequence[str]:
        """The titles of a student's sets, the newest first."""
        newest = func.max(_SETS.c.created_at)
        query = select(_SETS.c.title).where(_SETS.c.host_id == student_id).group_by(_SETS.c.title)
        return [row[0] for row in await self._store.read(query.order_by(newest.desc()).limit(most))]

    async def _one(self, query: Any) -> CardSet | None:
        found = await self._all(query)
        return found[0] if found else None

    async def _all(self, query: Any) -> Sequence[CardSet]:
        rows = [
            {each.name: getattr(found, each.name) for each in fields(CardSet)}
            for found in await self._store.read(query)
        ]
        return [CardSet(**{**row, "cards": MADE_CARDS.validate_json(row["cards"])}) for row in rows]


class CardPictures:
    """The pictures on students' cards. Whoever asks for one names its owner."""

    def __init__(self, store: Store) -> None:
        self._store = store
        dialect = sqlite if store.dialect == "sqlite" else postgresql
        self._add = dialect.insert(_PICTURES).on_conflict_do_nothing(index_elements=["owner_id", "id"])

    async def add(self, owner_id: int, pictures: Mapping[str, bytes]) -> None:
        """Store pictures by their ids; those that are there stay."""
        for number, data in pictures.items():
            row = {"owner_id": owner_id, "id": number, "data": data, "created_at": now()}
            await self._store.write((self._add, row))
            await asyncio.sleep(0)

    async def of(self, owner_id: int, ids: Iterable[str]) -> dict[str, bytes]:
        """A student's pictures with these ids."""
        wanted = list(ids)
        found: dict[str, bytes] = {}
        for start in range(0, len(wanted), 50):
            some = _PICTURES.c.id.in_(wanted[start : start + 50])
            query = select(_PICTURES.c.id, _PICTURES.c.data).where(_PICTURES.c.owner_id == owner_id, some)
            found |= {row.id: bytes(row.data) for row in await self._store.read(query)}
        return found

    async def size(self, owner_id: int) -> int:
        """How many bytes all pictures of a student have."""
        query = select(func.coalesce(func.sum(func.length(_PICTURES.c.data)), 0)).where(
            _PICTURES.c.owner_id == owner_id
        )
        return int((await self._store.read(query))[0][0])


def _json(card_set: CardSet) -> str:
    return MADE_CARDS.dump_json(card_set.cards).decode()


def _request(row: Row[Any]) -> StoredCardRequest:
    return StoredCardRequest(**{each.name: getattr(row, each.name) for each in fields(StoredCardRequest)})
