"""The pilot: a student that tests steer, who does what people do and sees what they see."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import aiohttp

from playground.pilot import using
from playground.pilot.client import Client, File
from playground.pilot.seen import NotSeen, Post, describe_all
from playground.pilot.using import Deed, Form, Outcome

Json = dict[str, Any]


class HasId(Protocol):
    """A channel, thread or message."""

    @property
    def id(self) -> int:
        """Its id."""
        ...


Place = str | int | HasId
"""A channel's name (`#math`), its id, or itself; a message stands for the thread under it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who a student is."""

    id: int
    username: str
    token: str


class Student:
    """A person in front of Discord. Made by `Playground.student()`."""

    def __init__(self, client: Client, person: Person) -> None:
        self.client = client
        self.id = person.id
        self.username = person.username
        self.events: list[tuple[str, Json]] = []
        """Every gateway event, oldest first."""
        self._posts: dict[int, Post] = {}
        self._channels: dict[str, int] = {}
        self._guilds: dict[int, int] = {}
        self._here: int | None = None
        self._changed = asyncio.Event()
        client.listen(self._hear)

    @classmethod
    @contextlib.asynccontextmanager
    async def at(cls, api_url: str, gateway_url: str, username: str) -> AsyncIterator["Student"]:
        """Sit a student down at a playground in another process; LookupError when nobody is called that."""
        origin = api_url.partition("/api/")[0]
        async with aiohttp.ClientSession() as http, http.get(f"{origin}/playground/students") as response:
            everyone = await response.json()
        for each in everyone:
            if each["username"] == username:
                client = Client(api_url, gateway_url, each["token"])
                student = cls(client, Person(int(each["id"]), username, each["token"]))
                try:
                    await client.open()
                    yield student
                finally:
                    await client.close()
                return
        raise LookupError(f"there is nobody called {username}")

    @property
    def mention(self) -> str:
        """How others mention them."""
        return f"<@{self.id}>"

    # -- seeing

    def _hear(self, event: str, data: Json) -> None:
        self.events.append((event, data))
        if event in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
            self._posts[int(data["id"])] = Post(data)
        elif event == "MESSAGE_DELETE":
            self._posts.pop(int(data["id"]), None)
        elif event == "MESSAGE_DELETE_BULK":
            for each in data["ids"]:
                self._posts.pop(int(each), None)
        elif event in {"READY", "GUILD_CREATE"}:
            for guild in data.get("guilds", [data]):
                self._channels |= {each["name"]: int(each["id"]) for each in guild["channels"]}
                self._guilds |= {int(each["id"]): int(guild["id"]) for each in guild["channels"] + guild["threads"]}
        elif event in {"CHANNEL_CREATE", "THREAD_CREATE"} and "guild_id" in data:
            self._guilds[int(data["id"])] = int(data["guild_id"])
            if event == "CHANNEL_CREATE":
                self._channels[data["name"]] = int(data["id"])
        self._changed.set()

    def posts(self, place: Place | None = None) -> list[Post]:
        """Return the messages that came since the student is here, as they are now."""
        wanted = None if place is None else self._id(place)
        return [each for each in self._posts.values() if wanted in {None, each.channel_id}]

    def now(self, message: Post) -> Post:
        """Return a message as it is now; NotSeen when it was deleted."""
        try:
            return self._posts[message.id]
        except KeyError:
            raise NotSeen(f"message {message.id} is gone") from None

    async def wait_for(self, condition: Callable[[], Any], *, timeout: float = 10.0, what: str = "it") -> Any:
        """Wait until `condition()` returns something true, and return that; NotSeen says what came instead."""
        deadline = time.monotonic() + timeout
        while True:
            self._changed.clear()
            found = condition()
            if found:
                return found
            left = deadline - time.monotonic()
            try:
                async with asyncio.timeout(max(0.0, left)):
                    await self._changed.wait()
            except TimeoutError:
                last = ", ".join(name for name, _ in self.events[-10:])
                raise NotSeen(
                    f"{self.username} waited {timeout:g} s for {what}; saw:\n"
                    f"{describe_all(self.posts())}\nlast events: {last}"
                ) from None

    async def sees(
        self,
        place: Place | None = None,
        *,
        contains: str = "",
        matching: Callable[[Post], bool] | None = None,
        timeout: float = 10.0,
    ) -> Post:
        """Wait for a bot's message, also an ephemeral one or in a DM."""

        def found() -> Post | None:
            for post in self.posts(place):
                fits = post.by_bot and contains in post.text and not post.thinking
                if fits and (matching is None or matching(post)):
                    return post
            return None

        return _post(await self.wait_for(found, timeout=timeout, what=f"a bot's message with {contains!r}"))

    def guild_of(self, channel_id: int) -> int | None:
        """Return a channel's guild, None for a DM."""
        return self._guilds.get(channel_id)

    # -- doing

    def _place(self, place: Place | None) -> int:
        """Go to a place, or stay where the student last was (at first in #general)."""
        if place is not None:
            self._here = self._id(place)
        return self._here if self._here is not None else self._id("general")

    def _id(self, place: Place) -> int:
        if isinstance(place, int):
            return place
        if isinstance(place, str):
            name = place.removeprefix("#")
            if name.isdigit():
                return int(name)
            if name not in self._channels:
                raise NotSeen(f"{self.username} sees no channel #{name}; there are {sorted(self._channels)}")
            return self._channels[name]
        return place.id

    async def dm(self, user_id: int) -> int:
        """Open a DM; returns its channel's id."""
        answer = await self.client.request("POST", "/users/@me/channels", {"recipients": [str(user_id)]})
        return int(answer["id"])

    async def says(
        self,
        place: Place,
        text: str = "",
        *,
        reply_to: HasId | None = None,
        files: Sequence[File | str] = (),
    ) -> Post:
        """Write a message."""
        body: Json = {"content": text, "nonce": self.client.nonce()}
        if reply_to is not None:
            body["message_reference"] = {"message_id": str(reply_to.id)}
        paths = [Path(each) if isinstance(each, str) else each for each in files]
        if paths:
            names = [each.name if isinstance(each, Path) else each[0] for each in paths]
            body["attachments"] = [{"id": str(index), "filename": name} for index, name in enumerate(names)]
        path = f"/channels/{self._place(place)}/messages"
        post = Post(await self.client.request("POST", path, body, paths))
        return self._posts.setdefault(post.id, post)

    async def replies(self, message: Post, text: str) -> Post:
        """Reply to a message."""
        return await self.says(message.channel_id, text, reply_to=message)

    async def drops(self, place: Place, *files: File | str, text: str = "") -> Post:
        """Drop files into a channel."""
        return await self.says(place, text, files=files)

    async def edits(self, message: Post, text: str) -> Post:
        """Edit one's message."""
        return Post(await self.client.request("PATCH", _path(message), {"content": text}))

    async def deletes(self, message: Post) -> None:
        """Delete a message."""
        await self.client.request("DELETE", _path(message))

    async def reacts(self, message: Post, emoji: str) -> None:
        """React to a message."""
        await self.client.request("PUT", f"{_path(message)}/reactions/{quote(emoji)}/@me")

    async def types(self, place: Place) -> None:
        """Show as typing."""
        await self.client.request("POST", f"/channels/{self._id(place)}/typing")

    async def starts_thread(self, message: Post, name: str) -> int:
        """Start a thread under a message; returns its id."""
        answer = await self.client.request("POST", f"{_path(message)}/threads", {"name": name})
        return int(answer["id"])

    async def posts_in_forum(self, forum: Place, name: str, text: str) -> tuple[int, Post]:
        """Make a forum post; returns its thread's id and its message."""
        body = {"name": name, "message": {"content": text}}
        answer = await self.client.request("POST", f"/channels/{self._id(forum)}/threads", body)
        return int(answer["id"]), Post(answer["message"])

    # -- using the bot

    async def runs(self, command: str, *, where: Place | None = None, **options: Any) -> Outcome:
        """Run a slash command: `runs("/quiz", topic="fractions")`, in the place where the student last was.

        Options take plain values; users, channels and roles by object or id, files as a path or `(name, data)`.
        """
        channel_id = self._place(where)
        found, path = await using.find_command(self, channel_id, command, 1)
        data, files = using.fill(found, path, options)
        return await using.send(self, Deed(2, channel_id, int(found["application_id"]), data, files=files))

    async def completes(
        self, command: str, option: str, typed: Any, *, where: Place | None = None, **options: Any
    ) -> list[Json]:
        """Type into an option and return the suggestions, each with `name` and `value`."""
        channel_id = self._place(where)
        found, path = await using.find_command(self, channel_id, command, 1)
        data, _ = using.fill(found, path, {**options, option: typed}, focused=option)
        return await using.complete(self, Deed(4, channel_id, int(found["application_id"]), data))

    async def uses(self, command: str, target: Post | HasId) -> Outcome:
        """Use a command of the context menu of a message, or of a user (any other object with an id)."""
        kind = 3 if isinstance(target, Post) else 2
        channel_id = target.channel_id if isinstance(target, Post) else self._place(None)
        found, _ = await using.find_command(self, channel_id, command, kind)
        data = {"id": found["id"], "version": found["version"], "type": kind, "name": found["name"]}
        data["target_id"] = str(target.id)
        return await using.send(self, Deed(2, channel_id, int(found["application_id"]), data))

    async def clicks(self, message: Post, control: str) -> Outcome:
        """Press a button, named by its label or custom id."""
        message = self._posts.get(message.id, message)
        return await using.send(self, using.component(message, message.control(control)))

    async def selects(self, message: Post, control: str, *choices: str) -> Outcome:
        """Choose in a select, named by its placeholder or custom id."""
        message = self._posts.get(message.id, message)
        return await using.send(self, using.component(message, message.control(control), choices))

    async def submits(self, form: Outcome | Form, **values: Any) -> Outcome:
        """Hand a form in, its fields named by custom id; `submits(form, **{"Your answer": "3"})` names one by label."""
        shown = form.form if isinstance(form, Outcome) else form
        if shown is None:
            raise NotSeen("no form is open")
        return await using.send(self, using.submission(shown, values))

    # -- reading

    async def reads(self, place: Place, limit: int = 50) -> list[Post]:
        """Return a channel's history, oldest first."""
        answer = await self.client.request("GET", f"/channels/{self._id(place)}/messages?limit={limit}")
        return [Post(each) for each in reversed(answer)]


def _post(value: Any) -> Post:
    if not isinstance(value, Post):
        raise TypeError(f"{value!r} is no message")
    return value


def _path(message: Post) -> str:
    return f"/channels/{message.channel_id}/messages/{message.id}"
