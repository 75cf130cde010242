"""A student that tests steer: does what people do in Discord, and sees what they see."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import quote

import aiohttp

from playground.pilot.client import Client, File
from playground.pilot.interaction_requests import (
    InteractionRequest,
    component_request,
    find_command,
    modal_request,
    slash_command_data,
)
from playground.pilot.seen import NotSeen, SeenMessage, SeenModal, describe_all

Json = dict[str, Any]
Event = tuple[str, Json]
"""A gateway event: its name and data."""

InteractionEnd = Literal["answered", "failed", "modal"]
REACTION_TIME = 0.05
"""Seconds that a student waits before an interaction.

A person takes longer; a bot knows a view or modal only once Discord has answered its request.
"""
_ENDS: dict[str, InteractionEnd] = {
    "INTERACTION_SUCCESS": "answered",
    "INTERACTION_FAILURE": "failed",
    "INTERACTION_MODAL_CREATE": "modal",
}


class HasId(Protocol):
    """A channel, thread or message."""

    @property
    def id(self) -> int:
        """Its id."""
        ...


ChannelLike = str | int | HasId
"""A channel's name (`#math`), its id, or the channel itself; a message stands for the thread under it."""


class Student:
    """A student in front of Discord. `Playground.student()` makes one."""

    def __init__(self, client: Client, user_id: int, username: str) -> None:
        self.client = client
        self.id = user_id
        self.username = username
        self.events: list[Event] = []
        """Every gateway event that arrived, oldest first."""
        self._messages: dict[int, SeenMessage] = {}
        self._channels: dict[str, int] = {}
        self._guilds: dict[int, int] = {}
        self._last_channel: int | None = None
        self._changed = asyncio.Event()
        client.listen(self._hear)

    @classmethod
    @contextlib.asynccontextmanager
    async def at(cls, api_url: str, gateway_url: str, username: str) -> AsyncIterator["Student"]:
        """Connect as a student of a playground in another process; LookupError when nobody has that username."""
        origin = api_url.partition("/api/")[0]
        async with aiohttp.ClientSession() as http, http.get(f"{origin}/playground/students") as response:
            everyone = await response.json()
        for each in everyone:
            if each["username"] == username:
                client = Client(api_url, gateway_url, each["token"])
                student = cls(client, int(each["id"]), username)
                try:
                    await client.open()
                    yield student
                finally:
                    await client.close()
                return
        raise LookupError(f"there is nobody called {username}")

    @property
    def mention(self) -> str:
        """The text that mentions the student."""
        return f"<@{self.id}>"

    # -- seeing

    def _hear(self, event: str, data: Json) -> None:
        self.events.append((event, data))
        if event in {"MESSAGE_CREATE", "MESSAGE_UPDATE"}:
            self._messages[int(data["id"])] = SeenMessage(data)
        elif event == "MESSAGE_DELETE":
            self._messages.pop(int(data["id"]), None)
        elif event == "MESSAGE_DELETE_BULK":
            for each in data["ids"]:
                self._messages.pop(int(each), None)
        elif event in {"READY", "GUILD_CREATE"}:
            for guild in data.get("guilds", [data]):
                self._channels |= {each["name"]: int(each["id"]) for each in guild["channels"]}
                self._guilds |= {int(each["id"]): int(guild["id"]) for each in guild["channels"] + guild["threads"]}
        elif event in {"CHANNEL_CREATE", "THREAD_CREATE"} and "guild_id" in data:
            self._guilds[int(data["id"])] = int(data["guild_id"])
            if event == "CHANNEL_CREATE":
                self._channels[data["name"]] = int(data["id"])
        self._changed.set()

    def messages(self, channel: ChannelLike | None = None) -> list[SeenMessage]:
        """Return the messages that arrived since the student connected, each in its newest state."""
        wanted = None if channel is None else self._id(channel)
        return [each for each in self._messages.values() if wanted in {None, each.channel_id}]

    def now(self, message: SeenMessage) -> SeenMessage:
        """Return a message in its newest state; NotSeen when it was deleted."""
        try:
            return self._messages[message.id]
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
                    f"{describe_all(self.messages())}\nlast events: {last}"
                ) from None

    async def _event(self, start: int, names: Collection[str], nonce: str, timeout: float, what: str) -> Event:
        """Wait for one of these events with this nonce, from `events[start]` on."""

        def found() -> Event | None:
            for name, data in self.events[start:]:
                if name in names and data["nonce"] == nonce:
                    return name, data
            return None

        event: Event = await self.wait_for(found, timeout=timeout, what=what)
        return event

    async def sees(
        self,
        channel: ChannelLike | None = None,
        *,
        contains: str = "",
        matching: Callable[[SeenMessage], bool] | None = None,
        timeout: float = 10.0,
    ) -> SeenMessage:
        """Wait for a bot's message; ephemeral messages and DMs count too."""

        def found() -> SeenMessage | None:
            for message in self.messages(channel):
                fits = message.by_bot and contains in message.text and not message.thinking
                if fits and (matching is None or matching(message)):
                    return message
            return None

        message: SeenMessage = await self.wait_for(found, timeout=timeout, what=f"a bot's message with {contains!r}")
        return message

    # -- doing

    def _go_to(self, channel: ChannelLike | None) -> int:
        """Go to a channel; with None stay in the last one, which is #general at first. Return the channel's id."""
        if channel is not None:
            self._last_channel = self._id(channel)
        return self._last_channel if self._last_channel is not None else self._id("general")

    def _id(self, channel: ChannelLike) -> int:
        if isinstance(channel, int):
            return channel
        if isinstance(channel, str):
            name = channel.removeprefix("#")
            if name.isdigit():
                return int(name)
            if name not in self._channels:
                raise NotSeen(f"{self.username} sees no channel #{name}; there are {sorted(self._channels)}")
            return self._channels[name]
        return channel.id

    async def dm(self, user_id: int) -> int:
        """Open a DM and return its channel id."""
        answer = await self.client.request("POST", "/users/@me/channels", {"recipients": [str(user_id)]})
        return int(answer["id"])

    async def says(
        self,
        channel: ChannelLike,
        text: str = "",
        *,
        reply_to: HasId | None = None,
        files: Sequence[File | str] = (),
    ) -> SeenMessage:
        """Write a message."""
        body: Json = {"content": text, "nonce": self.client.nonce()}
        if reply_to is not None:
            body["message_reference"] = {"message_id": str(reply_to.id)}
        paths = [Path(each) if isinstance(each, str) else each for each in files]
        if paths:
            names = [each.name if isinstance(each, Path) else each[0] for each in paths]
            body["attachments"] = [{"id": str(index), "filename": name} for index, name in enumerate(names)]
        path = f"/channels/{self._go_to(channel)}/messages"
        message = SeenMessage(await self.client.request("POST", path, body, paths))
        return self._messages.setdefault(message.id, message)

    async def replies(self, message: SeenMessage, text: str) -> SeenMessage:
        """Reply to a message."""
        return await self.says(message.channel_id, text, reply_to=message)

    async def drops(self, channel: ChannelLike, *files: File | str, text: str = "") -> SeenMessage:
        """Drop files into a channel."""
        return await self.says(channel, text, files=files)

    async def edits(self, message: SeenMessage, text: str) -> SeenMessage:
        """Edit an own message."""
        return SeenMessage(await self.client.request("PATCH", _path(message), {"content": text}))

    async def deletes(self, message: SeenMessage) -> None:
        """Delete a message."""
        await self.client.request("DELETE", _path(message))

    async def reacts(self, message: SeenMessage, emoji: str) -> None:
        """React to a message."""
        await self.client.request("PUT", f"{_path(message)}/reactions/{quote(emoji)}/@me")

    async def types(self, channel: ChannelLike) -> None:
        """Show as typing."""
        await self.client.request("POST", f"/channels/{self._id(channel)}/typing")

    async def starts_thread(self, message: SeenMessage, name: str) -> int:
        """Start a thread under a message and return its id."""
        answer = await self.client.request("POST", f"{_path(message)}/threads", {"name": name})
        return int(answer["id"])

    async def posts_in_forum(self, forum: ChannelLike, name: str, text: str) -> tuple[int, SeenMessage]:
        """Make a forum post; return the id of its thread, and its message."""
        body = {"name": name, "message": {"content": text}}
        answer = await self.client.request("POST", f"/channels/{self._id(forum)}/threads", body)
        return int(answer["id"]), SeenMessage(answer["message"])

    # -- using the bot

    async def runs(self, command: str, *, where: ChannelLike | None = None, **options: Any) -> "Outcome":
        """Run a slash command: `runs("/quiz", topic="fractions")`, by default in the channel of the last action.

        Options take plain values; users, channels and roles as objects or ids, files as paths or `(name, data)`.
        """
        channel_id = self._go_to(where)
        found, path = await self._find_command(channel_id, command, 1)
        data, files = slash_command_data(found, path, options)
        return await self.interacts(InteractionRequest(2, channel_id, int(found["application_id"]), data, files=files))

    async def completes(
        self, command: str, option: str, typed: Any, *, where: ChannelLike | None = None, **options: Any
    ) -> list[Json]:
        """Type into an option and return the autocomplete choices, each with `name` and `value`."""
        channel_id = self._go_to(where)
        found, path = await self._find_command(channel_id, command, 1)
        data, _ = slash_command_data(found, path, {**options, option: typed}, focused=option)
        nonce, start = self.client.nonce(), len(self.events)
        request = InteractionRequest(4, channel_id, int(found["application_id"]), data)
        session_id = self.client.ready["session_id"]
        await self.client.request(
            "POST", "/interactions", request.body(session_id=session_id, nonce=nonce, guild_id=None)
        )
        names = ("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE",)
        _, answer = await self._event(start, names, nonce, 10.0, "autocomplete choices")
        choices: list[Json] = answer["choices"]
        return choices

    async def uses(self, command: str, target: HasId) -> "Outcome":
        """Use a command of the context menu: of a SeenMessage, or else of the user with the id of `target`."""
        kind = 3 if isinstance(target, SeenMessage) else 2
        channel_id = target.channel_id if isinstance(target, SeenMessage) else self._go_to(None)
        found, _ = await self._find_command(channel_id, command, kind)
        data = {"id": found["id"], "version": found["version"], "type": kind, "name": found["name"]}
        data["target_id"] = str(target.id)
        return await self.interacts(InteractionRequest(2, channel_id, int(found["application_id"]), data))

    async def _find_command(self, channel_id: int, name: str, kind: int) -> tuple[Json, list[Json]]:
        index = await self.client.request("GET", f"/channels/{channel_id}/application-command-index")
        return find_command(index["application_commands"], name, kind)

    async def clicks(self, message: SeenMessage, control: str) -> "Outcome":
        """Press a button, named by its label or custom id."""
        message = self._messages.get(message.id, message)
        return await self.interacts(component_request(message, message.control(control)))

    async def selects(self, message: SeenMessage, control: str, *choices: str) -> "Outcome":
        """Choose in a select, named by its placeholder or custom id."""
        message = self._messages.get(message.id, message)
        return await self.interacts(component_request(message, message.control(control), choices))

    async def submits(self, modal: "Outcome | SeenModal", **values: Any) -> "Outcome":
        """Submit a modal. A field is named by its custom id, or by its label: `**{"Your answer": "3"}`."""
        shown = modal.modal if isinstance(modal, Outcome) else modal
        if shown is None:
            raise NotSeen("no modal is open")
        return await self.interacts(modal_request(shown, values))

    async def interacts(self, request: InteractionRequest, *, timeout: float = 10.0) -> "Outcome":
        """Send any interaction and wait for its end."""
        await asyncio.sleep(REACTION_TIME)
        nonce = self.client.nonce()
        body = request.body(
            session_id=self.client.ready["session_id"], nonce=nonce, guild_id=self._guilds.get(request.channel_id)
        )
        start = len(self.events)
        await self.client.request("POST", "/interactions", body, request.files)
        name, data = await self._event(start, _ENDS, nonce, timeout, "the end of the interaction")
        made = next(
            each for event, each in self.events[start:] if event == "INTERACTION_CREATE" and each["nonce"] == nonce
        )
        modal = SeenModal(data) if name == "INTERACTION_MODAL_CREATE" else None
        return Outcome(self, int(made["id"]), _ENDS[name], modal)

    # -- reading

    async def reads(self, channel: ChannelLike, limit: int = 50) -> list[SeenMessage]:
        """Return a channel's history, oldest first."""
        answer = await self.client.request("GET", f"/channels/{self._id(channel)}/messages?limit={limit}")
        return [SeenMessage(each) for each in reversed(answer)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an interaction ended: the bot answered, failed to answer in time, or showed a modal."""

    student: Student
    id: int
    """The interaction's id."""
    end: InteractionEnd
    modal: SeenModal | None = None

    @property
    def ok(self) -> bool:
        """Whether the bot answered in time."""
        return self.end != "failed"

    @property
    def messages(self) -> list[SeenMessage]:
        """The messages that the bot sent in response, each in its newest state."""
        return [
            each
            for each in self.student.messages()
            if int((each.raw.get("interaction_metadata") or {"id": 0})["id"]) == self.id
        ]

    @property
    def message(self) -> SeenMessage:
        """The first of `messages`; NotSeen when there is none."""
        if not self.messages:
            raise NotSeen(f"the bot's answer ({self.end}) has no message")
        return self.messages[0]

    async def says(self, contains: str = "", *, timeout: float = 10.0) -> SeenMessage:
        """Wait until one of `messages` contains this text (a deferred response gets its text later)."""

        def found() -> SeenMessage | None:
            return next((each for each in self.messages if contains in each.text and not each.thinking), None)

        what = f"the bot's answer with {contains!r}"
        message: SeenMessage = await self.student.wait_for(found, timeout=timeout, what=what)
        return message


def _path(message: SeenMessage) -> str:
    return f"/channels/{message.channel_id}/messages/{message.id}"
