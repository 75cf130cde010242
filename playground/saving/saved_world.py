"""A World that is kept in a file: loaded from it at the start, and saved whenever something has changed."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import orjson
import structlog

from playground.saving import records
from playground.saving.state_file import Row, SavedStateError, StateFile
from playground.world.interactions import TOKEN_LIFE, InteractionRegistry, InteractionType
from playground.world.messages import Message
from playground.world.world import World

log = structlog.get_logger(__name__)

_CLOCK = "clock"


class SavedWorld:
    """Keeps the World and the interactions in a file.

    Messages are many: only those that `World.touch` names are looked at. Everything else is compared with what the file
    has.
    """

    def __init__(self, world: World, interactions: InteractionRegistry, file: StateFile) -> None:
        self._world = world
        self._interactions = interactions
        self._file = file
        self._known: dict[tuple[str, int], bytes] = {}
        self._known_files: set[int] = set()
        world.touched = {}

    # -- loading

    def load(self) -> None:
        """Fill the World, which is empty, with what the file has.

        Raises:
            SavedStateError: the file does not hold what `save` writes.
        """
        try:
            self._load()
        except (ValueError, KeyError, TypeError, AttributeError, sqlite3.Error) as error:
            what = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise SavedStateError(f"{self._file.path} is broken ({what}).") from error

    def _load(self) -> None:
        world, read = self._world, self._file.records
        for saved in read(_CLOCK):
            fields = orjson.loads(saved)
            world.clock.offset = fields["offset"]
            world.snowflakes.start_after(fields["last_id"])
        for user in map(records.user, read("user")):
            world.users[user.id] = user
            if user.token:
                world.tokens[user.token] = user
        for saved in read("application"):
            application = records.application(saved, world.users)
            world.applications[application.id] = application
        for saved in read("guild"):
            guild = records.guild(saved, world.users)
            world.guilds[guild.id] = guild
        for channel in map(records.channel, read("channel")):
            world.channels[channel.id] = channel
            if channel.guild_id is not None:
                guild = world.guilds[channel.guild_id]
                (guild.threads if channel.is_thread else guild.channels)[channel.id] = channel
        for webhook in map(records.webhook, read("webhook")):
            world.webhooks[webhook.id] = webhook
        files = self._file.files()
        for saved in read("attachment"):
            attachment = records.attachment(saved, files)
            world.attachments[attachment.id] = attachment
        for saved in read("message"):
            message = records.message(saved, world.attachments)
            world.channels[message.channel_id].messages[message.id] = message
        self._load_interactions()
        self._known = {(kind, number): data for kind, number, _, data in self._others()}
        self._known_files = set(files)

    def _load_interactions(self) -> None:
        opened = {}
        for saved in self._file.records("interaction"):
            interaction = records.interaction(saved, self._world)
            opened[interaction.id] = interaction
        for saved in self._file.records("modal"):
            modal = records.modal(saved, opened)
            self._interactions.open_modals[modal.id] = modal
        for interaction in opened.values():
            self._interactions.reopen(interaction)

    # -- saving

    def save(self) -> None:
        """Write what has changed since the last time. If the disk does not take it, that is logged and tried again."""
        world = self._world
        touched = dict(world.touched or {})
        others = {(kind, number): (kind, number, home, data) for kind, number, home, data in self._others()}
        rows = [row for key, row in others.items() if self._known.get(key) != row[3]]
        gone = [key for key in self._known if key not in others]
        lost_homes = [number for kind, number in gone if kind == "channel"]
        for number, channel in touched.items():
            message = channel.messages.get(number) if world.channels.get(channel.id) is channel else None
            if message is None:
                gone.append(("message", number))
            else:
                rows.append(_message_row(message))
        files = world.attachments.keys()
        new_files, lost_files = files - self._known_files, self._known_files - files
        if not (rows or gone or new_files or lost_files):
            return
        try:
            self._file.write(
                rows, gone, ((each, world.attachments[each].data) for each in new_files), lost_files, lost_homes
            )
        except sqlite3.Error as error:
            log.error("state.not_saved", path=str(self._file.path), cause=str(error))  # noqa: TRY400 - the cause says all
            return
        self._known = {key: row[3] for key, row in others.items()}
        self._known_files = set(files)
        world.touched = {}

    def _others(self) -> Iterator[Row]:
        """Yield the rows of everything but messages and files."""
        world, now = self._world, self._world.clock.now()
        yield _CLOCK, 0, None, orjson.dumps({"offset": world.clock.offset, "last_id": world.snowflakes.last})
        kinds: tuple[tuple[str, Any], ...] = (
            ("user", world.users),
            ("application", world.applications),
            ("guild", world.guilds),
            ("channel", world.channels),
            ("attachment", world.attachments),
            ("webhook", world.webhooks),
        )
        for kind, things in kinds:
            for number, thing in things.items():
                yield kind, number, None, records.record(thing)
        for each in self._interactions.all():
            # Nothing comes of an autocomplete later, and nothing of a channel that is gone.
            if each.type is InteractionType.AUTOCOMPLETE or world.channels.get(each.channel.id) is not each.channel:
                continue
            known = self._known.get(("interaction", each.id))
            settled = known is not None and now - each.created_at > TOKEN_LIFE
            yield "interaction", each.id, None, known if known is not None and settled else records.record(each)
        for modal in self._interactions.open_modals.values():
            if world.channels.get(modal.interaction.channel.id) is modal.interaction.channel:
                yield "modal", modal.id, None, records.record(modal)


def _message_row(message: Message) -> Row:
    return "message", message.id, message.channel_id, records.record(message)
