"""The Playground: it builds all parts, listens on one port, and is what tests steer."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from playground import default_guild
from playground.app import App
from playground.cdn import Cdn
from playground.changes import channel_changes, guild_membership, poll_changes, thread_changes
from playground.clock import Clock
from playground.faults import Fault, PendingFaults
from playground.gateway.gateway import Gateway
from playground.listener import Listener
from playground.pilot.client import Client
from playground.pilot.observer import Observer
from playground.pilot.seen import SeenMessage
from playground.pilot.student import ChannelLike, HasId, Student
from playground.rate_limits import RATES, Rate, RateLimits
from playground.request_origin import RequestOrigin, machine_urls
from playground.rest import routes
from playground.rest.middleware import RestApi
from playground.rest.router import Router
from playground.saving.saved_world import SavedWorld
from playground.saving.state_file import SavedStateError, StateFile
from playground.services import Services
from playground.stats import Stats
from playground.world.applications import Application
from playground.world.channels import TEXT, Channel
from playground.world.guilds import Guild
from playground.world.interactions import InteractionRegistry
from playground.world.users import User
from playground.world.world import World


class Playground:
    """A small Discord: `async with Playground() as discord:`.

    `port` 0 takes a free port. `latency` is the number of seconds that every request takes longer. With
    `rate_limits=False` requests are counted but never refused; `rates` changes sizes of buckets of `rate_limits.RATES`.
    `message_content`, `members` and `presences` switch the privileged intents of the bot on. `public_url` is the
    address in links, if people reach the playground by another address than the one it listens on; `own_urls` are
    addresses that the page may be opened by as well. `shards` is the number that bots are told to
    use, `session_starts` how often they may identify in a day; with `max_concurrency` one that identifies too early is
    refused. `resume_port` is the port of the resume host, by default a free one, but none with a `public_url`. With
    `state` all that exists is kept in that file from one start to the next; otherwise it ends with the playground.

    Raises:
        SavedStateError: the file `state` cannot be used.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        bot_token: str = default_guild.BOT_TOKEN,
        bot_name: str = "Saem",
        clock: Clock | None = None,
        latency: float = 0.0,
        rate_limits: bool = True,
        rates: Mapping[str, Rate] | None = None,
        heartbeat_interval: int = 41_250,
        shards: int = 1,
        session_starts: int = 1000,
        max_concurrency: int | None = None,
        resume_port: int | None = None,
        message_content: bool = True,
        members: bool = True,
        presences: bool = True,
        public_url: str | None = None,
        own_urls: Sequence[str] = (),
        state: Path | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self.world = World(self.clock)
        self.stats = Stats()
        self.faults = PendingFaults()
        self.bot_token = bot_token
        self._file = None if state is None else StateFile(state)
        interactions = InteractionRegistry(self.world)
        self._saved = None if self._file is None else SavedWorld(self.world, interactions, self._file)
        self.application: Application = self._load() or default_guild.build_default_guild(
            self.world, bot_name, bot_token
        )
        self.application.message_content = message_content
        self.application.members_intent = members
        self.application.presences_intent = presences
        self.gateway = Gateway(
            self.world,
            self.stats,
            heartbeat_interval=heartbeat_interval,
            shards=shards,
            session_starts=session_starts,
            max_concurrency=max_concurrency,
        )
        # Who reaches the playground by another address does not reach a port of which nobody was told.
        self._resume_port = 0 if resume_port is None and public_url is None else resume_port
        self.cdn = Cdn(self.world)
        self.services = Services(
            world=self.world,
            gateway=self.gateway,
            rate_limits=RateLimits(self.clock.now, {**RATES, **(rates or {})}, enabled=rate_limits),
            faults=self.faults,
            stats=self.stats,
            cdn=self.cdn,
            interactions=interactions,
            save=self.save,
            latency=latency,
        )
        self._observer = Observer(self.world)
        self._clients: list[Client] = []
        self._public_url = public_url.rstrip("/") if public_url else None
        self._own_urls = own_urls
        self._host = host
        self._port = port
        self._listener: Listener | None = None

    def _load(self) -> Application | None:
        """Fill the World from its file; the bot's application, None where nothing was saved."""
        if self._file is None or self._saved is None or self._file.is_new:
            return None
        try:
            self._saved.load()
            application = self.world.applications.get(default_guild.BOT_ID)
            if application is None or not self.world.guilds:
                raise SavedStateError(f"{self._file.path} is broken (it has no server or no bot).")
        except SavedStateError:
            self._file.close()
            raise
        self.world.set_token(application.bot, self.bot_token)
        for guild in self.world.guilds.values():
            for thread in guild.threads.values():
                thread_changes.restart_archive_timer(self.world, thread)
        for channel in self.world.channels.values():
            for message in channel.messages.values():
                poll_changes.begin(self.world, channel, message)
        return application

    def save(self) -> None:
        """Save what has changed, where a file keeps it."""
        if self._saved is not None:
            self._saved.save()

    # -- addresses

    @property
    def origin(self) -> str:
        """`http://HOST:PORT`."""
        return self.world.origin

    @property
    def api_url(self) -> str:
        """The base address of the REST API."""
        return f"{self.origin}/api/v10"

    @property
    def gateway_url(self) -> str:
        """The gateway's address."""
        return self.gateway.url

    @property
    def page_url(self) -> str:
        """The page's address."""
        return f"{self.origin}/"

    # -- users, guilds and channels

    @property
    def guild(self) -> Guild:
        """The first guild."""
        return next(iter(self.world.guilds.values()))

    @property
    def bot(self) -> User:
        """The bot's user."""
        return self.application.bot

    def channel(self, name: str) -> Channel:
        """Return a channel of the first guild by its name, with or without `#`."""
        wanted = name.removeprefix("#")
        for channel in self.guild.channels.values():
            if channel.name == wanted:
                return channel
        raise LookupError(f"there is no channel #{wanted}")

    def user(self, username: str) -> User:
        """Return a user by name."""
        for user in self.world.users.values():
            if user.username == username:
                return user
        raise LookupError(f"there is nobody called {username}")

    def add_student(self, username: str, global_name: str | None = None, locale: str = "en-US") -> User:
        """Add a student who is a member of the first guild."""
        profile = default_guild.Profile(username, global_name or username, locale)
        user = default_guild.add_student(self.world, self.world.snowflakes.next(), profile)
        guild_membership.join(self.world, self.guild, user)
        return user

    def add_channel(self, name: str, kind: int = TEXT, guild: Guild | None = None) -> Channel:
        """Add a channel to a guild, by default the first one, and send CHANNEL_CREATE."""
        home = guild or self.guild
        channel = Channel(
            id=self.world.snowflakes.next(), type=kind, name=name, guild_id=home.id, position=len(home.channels)
        )
        channel_changes.add_channel(self.world, home, channel)
        return channel

    def add_guild(
        self, name: str, *, locale: str = "en-US", shard: int | None = None, just_invited: bool = False
    ) -> Guild:
        """Add another guild of the same owner with the channel #general, to which the bot was invited a year ago, or
        just now. With `shard` it belongs to that one of the recommended shards.
        """
        guild_id, count = self.world.snowflakes.next(), self.gateway.recommended_shards
        if shard is not None:
            guild_id += ((shard - (guild_id >> 22)) % count) << 22  # a few milliseconds later
            self.world.snowflakes.start_after(guild_id)
        guild = default_guild.build_guild(self.world, guild_id, name, self.application.owner, locale=locale)
        guild.system_channel_id = self.add_channel("general", guild=guild).id
        self._invite(
            self.application, guild, joined_at=self.clock.now() - (0.0 if just_invited else default_guild.YEAR)
        )
        return guild

    def add_bot(self, name: str, token: str) -> Application:
        """Add another bot and invite it to the first guild."""
        application_id = self.world.snowflakes.next()
        application = default_guild.add_bot(self.world, application_id, name, token, self.application.owner)
        self._invite(application, self.guild)
        return application

    def _invite(self, application: Application, guild: Guild, *, joined_at: float | None = None) -> None:
        role = default_guild.bot_role(self.world, guild, application)
        guild_membership.join(self.world, guild, application.bot, roles=[role.id], joined_at=joined_at)
        guild.integrations[application.id] = self.clock.now()

    def remove_bot(self, guild: Guild) -> None:
        """Remove the bot from a guild."""
        guild.integrations.pop(self.application.id, None)
        guild_membership.leave(self.world, guild, self.bot)

    # -- students, and what bots send

    async def student(self, username: str) -> Student:
        """Connect a student of that username; the student disconnects when the playground closes."""
        user = self.user(username)
        client = Client(self.api_url, self.gateway_url, user.token)
        student = Student(client, user.id, user.username)
        self._clients.append(client)
        await client.open()
        return student

    async def bot_replies(
        self,
        channel: ChannelLike,
        *,
        contains: str = "",
        matching: Callable[[SeenMessage], bool] | None = None,
        after: HasId | None = None,
        timeout: float = 10.0,
    ) -> SeenMessage:
        """Wait for a bot's message in a channel, in the thread under a message, or in a DM.

        With `after` only messages newer than that one count. NotSeen says what is there instead.
        """
        return await self._observer.bot_replies(channel, contains, matching, after.id if after else 0, timeout)

    def messages(self, channel: ChannelLike) -> list[SeenMessage]:
        """Return a channel's messages, oldest first."""
        return self._observer.messages(channel)

    def pinged_by(self, message_id: int) -> set[int]:
        """Return the ids of the users whom a message notified."""
        for channel in self.world.channels.values():
            if message_id in channel.messages:
                return set(channel.messages[message_id].mentions.pinged)
        raise LookupError(f"there is no message {message_id}")

    # -- faults

    def fail(self, fault: Fault) -> None:
        """Add a fault, which happens to the next matching requests."""
        self.faults.add(fault)

    @property
    def latency(self) -> float:
        """Seconds that every request takes longer."""
        return self.services.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self.services.latency = seconds

    # -- opening and closing

    async def __aenter__(self) -> Self:
        """Start to listen."""
        api = RestApi(self.services, Router(routes.ALL))
        self.clock.after_timer = self.save
        self.save()
        own = (self._public_url, f"http://{self._host}", *self._own_urls, *machine_urls(self._host))
        names = [url for url in own if url]
        try:
            self._listener = Listener(
                App(self.services, api, self.cdn, RequestOrigin(names)), self._host, self._port, self.clock.now
            )
        except OSError:
            self.close_file()
            raise
        self.world.origin = self._public_url or self._listener.origin
        self.gateway.url = self.world.origin.replace("http", "ws", 1)
        await self._listener.open()
        if self._resume_port is not None:
            await self.gateway.resume_host.open(self._host, self._resume_port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection and stop listening."""
        for client in self._clients:
            await client.close()
        self._observer.close()
        self.gateway.close()
        self.clock.close()
        await self.gateway.resume_host.close()
        if self._listener is not None:
            await self._listener.close()
        self.save()
        self.close_file()

    def close_file(self) -> None:
        """Let go of the file of a playground that is not opened; a second time does nothing."""
        if self._file is not None:
            self._file.close()
