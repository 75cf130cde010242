"""The bot: discord.py's client, with everything that the cogs work with."""

import asyncio
import hashlib
import importlib.util
import json
import pkgutil
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, cast

import discord
import structlog
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from openai import AsyncOpenAI

from bot import sentences
from bot.closing import ClosingStep, close_in_order
from bot.command_names import CommandTranslator
from bot.conversations.assistants_api import AssistantsApi
from bot.conversations.guild_assistants import GuildAssistants
from bot.conversations.limits.host_limits import open_budgets
from bot.conversations.limits.open_charges import OpenCharges
from bot.conversations.limits.quotas import Quotas
from bot.conversations.limits.student_runs import StudentRuns
from bot.conversations.prompts.server_wishes import ServerWishes
from bot.conversations.registry import Conversations
from bot.conversations.separate_runs import SeparateRuns
from bot.conversations.services import Services
from bot.conversations.tools import Tools
from bot.gateway_watch import GatewayWatch
from bot.guild_arrivals import GuildArrivals
from bot.replies.formula_pictures import FormulaPictures
from bot.replies.limits.allowance_leases import AllowanceLeases, leases_for
from bot.replies.outbox import Outbox
from bot.replies.requests.interaction_responses import make_responses_sure
from bot.sentences import Locale
from bot.session_start_limit import SessionStartLimit
from bot.settings import Settings
from bot.shards.event_handlers import cancel_handlers
from bot.shards.holds import Holds
from bot.shards.notices import Notices
from bot.shards.ownership import DIRECT_MESSAGES, Ownership, ShardListener, SoleOwnership, new_process_id, tell_gained
from bot.shards.shard_leases import ShardLeases
from bot.status.bot_status import BotStatus
from bot.status.condition import database_files
from bot.store.conversation_store import ConversationStore
from bot.store.notes import Notes
from bot.store.retention import RETENTION
from bot.store.server_settings import LANGUAGE, ServerSettings
from bot.store.store import Store
from bot.store.sweep import Sweep
from bot.tutor.announced_requests import AnnouncedRequests
from bot.tutor.answer_buttons import ANSWER_BUTTONS, MakeButton, Regenerate
from bot.tutor.answer_places import AnswerPlaces
from bot.tutor.attachments import QuestionAttachments
from bot.tutor.code_switch import CodeSwitch
from bot.tutor.deferred_responses import DeferredResponses
from bot.tutor.discord_adapter import DiscordAdapter, FindQuestion
from bot.tutor.error_handler import ErrorHandlingTree, say_privately
from bot.tutor.exercise_outcome import ExerciseListener
from bot.tutor.taking_over import TakingOver
from bot.tutor.thread_creation import ThreadCreation
from workers import Pool

log = structlog.get_logger(__name__)

RUNNING_ANSWERS = 20.0
"""Seconds that answers under way have to end by themselves when the bot is asked to end."""
ANSWERS_LEFT = 5.5
"""Seconds in which those that have not ended are marked, with Retry: Discord may not answer."""
CLOSING = 2.0
"""Seconds that each further step of closing may take."""
UNANSWERED = 2.0
"""Seconds after which a press that nothing has answered gets a sentence; Discord waits three seconds."""


class SaemBot(commands.AutoShardedBot):
    """discord.py's client on all shards of this process.

    Cogs read its public attributes. They add to `tools`, `subject_buttons`, `command_questions` and
    `exercise_listeners`, and set `question_attachments.documents`.
    """

    _allowance_leases: AllowanceLeases | None = None
    """How this process shares Discord's global limit with others; None when it has all of it."""
    open_charges: OpenCharges
    """Settles what dead processes have left."""
    find_forgotten: Callable[[int], Awaitable[datetime | None]] | None = None
    """Set when the cog of privacy is loaded."""

    def __init__(
        self,
        settings: Settings,
        *,
        store: Store,
        openai: AsyncOpenAI,
        pool: Pool,
        outbox: Outbox,
        formula_pictures: FormulaPictures | None = None,
        message_content: bool = True,
        sees_pictures: bool = True,
        offline: bool = False,
        embedding_model: str = "",
    ) -> None:
        # Saem does not use voice: discord.py need not warn that libraries for it are missing.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=ErrorHandlingTree,
            intents=intents(message_content=message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            # Saem reads neither members nor messages from a cache, which would take much memory in many servers.
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            http_trace=outbox.request_trace.config,
            shard_count=settings.shards if store.dialect != "postgresql" else None,
        )
        self.settings = settings
        self.sees_pictures = sees_pictures
        """Whether the model does."""
        self.offline = offline
        """Whether the offline model answers."""
        self.store = store
        self.outbox = outbox
        self.gateway_watch = self._watch_gateway(settings.discord_gateway_url)
        self.shard_listeners: list[ShardListener] = []
        """Each is told, in this order, which shards come to this process and leave it."""
        self.shard_leases = self._open_leases()
        """How this process shares the shards with others; None when it has all of them."""
        self.ownership: Ownership = self.shard_leases or SoleOwnership(new_process_id())
        self.notices = Notices(store, self.ownership.process_id)
        self.holds = Holds(store, self.notices, self.ownership.process_id, self._lives)
        """What this process holds of the guilds that went to others, and what others do of ours."""
        self.openai = openai
        self.bot_status = self._open_status()
        self.pool = pool
        self.formula_pictures = formula_pictures or FormulaPictures(pool)
        self.server_settings = ServerSettings(store)
        self.tools = Tools(CodeSwitch(self.server_settings).is_on)
        self.answer_buttons: list[MakeButton] = [Regenerate]
        """The buttons under a conversation's last finished answer."""
        self.subject_buttons: list[MakeButton] = []
        """The buttons that stand there only if the answer says something that one can be asked about."""
        self.command_questions: list[FindQuestion] = []
        """Each finds a question that a command put, by the id of its interaction."""
        self.exercise_listeners: list[ExerciseListener] = []
        """Each is told what became of an exercise that a student was helped with."""
        self.sweep = Sweep(store, RETENTION, lambda: self.ownership.owns(DIRECT_MESSAGES))
        self.before_closing: list[Callable[[], None]] = [self.sweep.close, self.bot_status.stopping]
        """Each stops something that begins work by itself; called when the bot is asked to end."""
        self._watching: asyncio.Task[None] | None = None
        self.thread_creation = ThreadCreation(self, outbox.request_trace.config)
        self.question_attachments = QuestionAttachments(openai)
        self.guild_assistants = GuildAssistants(openai, store, self.tools, model=settings.model)
        self.conversation_store = ConversationStore(store, self.ownership.process_id)
        self.notes = Notes(store)
        self.deferred_responses = DeferredResponses(self, store)
        self.shard_listeners.append(self.deferred_responses)
        self.announced_requests = AnnouncedRequests(self, store, self.conversation_store)
        self.quotas = self._open_quotas(embedding_model, offline=offline)
        services = self._services()
        self.conversations = Conversations(services)
        self.taking_over = self._open_taking_over(services)
        self.separate_runs = SeparateRuns(services, store)
        self._button_templates: list[re.Pattern[str]] = []

    def _open_leases(self) -> ShardLeases | None:
        """On PostgreSQL others may run with the same database: then each has the shards that it has leases of."""
        if self.store.dialect != "postgresql":
            return None
        leases = ShardLeases(
            self,
            self.store.database,
            self.shard_listeners,
            began=self.gateway_watch.attend,
            discord_time=self.outbox.request_trace.clock.now,
            shard_count=self.settings.shards,
        )
        self.outbox.holds_back = lambda: not leases.is_certain
        return leases

    def _open_quotas(self, embedding_model: str, *, offline: bool) -> Quotas:
        """What students may ask for; on PostgreSQL in all processes together."""
        store, settings, process_id = self.store, self.settings, self.ownership.process_id
        shared = store.dialect == "postgresql"
        return Quotas(
            open_budgets(settings, store, process_id, embedding_model, offline=offline),
            runs=settings.student_runs,
            queue=settings.student_queue,
            stored_questions=self.conversation_store.count_unanswered if shared else None,
            shared_runs=StudentRuns(
                store, self.notices, process_id, runs=settings.student_runs, live=self.ownership.live_processes
            )
            if shared
            else None,
        )

    def _watch_gateway(self, gateway_url: str | None) -> GatewayWatch:
        self._session_starts = self._attend_gateway_address(gateway_url)
        return GatewayWatch(self, self._session_starts.wait)

    def _open_status(self) -> BotStatus:
        """What measures this process, and notes how it is."""
        status = BotStatus(
            self,
            self.store,
            self.openai,
            ownership=self.ownership,
            gateway_watch=self.gateway_watch,
            starts_again_in=lambda: self._session_starts.starts_again_in,
            trace=self.outbox.request_trace.config,
            database_files=database_files(self.settings),
        )
        self.shard_listeners.append(status)
        return status

    def _open_taking_over(self, services: Services) -> TakingOver:
        """What takes up the work of other processes, where there are some, and of the last one."""
        taking_over = TakingOver(
            self.ownership,
            holds=self.holds,
            notices=self.notices,
            conversations=self.conversations,
            conversation_store=self.conversation_store,
            guild_assistants=self.guild_assistants,
            server_settings=self.server_settings,
        )
        self.shard_listeners.append(taking_over)
        self.before_closing.append(taking_over.stop)
        if self.store.dialect == "postgresql":
            services.turn = taking_over.wait_for_turn
        return taking_over

    @property
    def answer_places(self) -> AnswerPlaces:
        """Where Saem answers, and whom."""
        return AnswerPlaces(self.server_settings)

    @cached_property
    def _guild_arrivals(self) -> GuildArrivals:
        return GuildArrivals(self)

    @cached_property
    def known_locales(self) -> sentences.KnownLocales:
        """The languages that people's interactions have told."""
        return sentences.KnownLocales()

    def language_of(self, guild_id: int) -> Locale | None:
        """The language that Saem speaks in a whole server; None: that of each student."""
        return cast("Locale | None", self.server_settings.value(LANGUAGE, guild_id) or None)

    async def forgotten_before(self, student_id: int) -> datetime | None:
        """Until when a student has had their conversations forgotten; None: they have not."""
        return await self.find_forgotten(student_id) if self.find_forgotten is not None else None

    def _services(self) -> Services:
        """What conversations work with."""
        adapter = DiscordAdapter(
            self,
            self.outbox,
            self.formula_pictures,
            self.question_attachments.fetch,
            self.thread_creation,
            answer_buttons=self.answer_buttons,
            subject_buttons=self.subject_buttons,
            command_questions=self.command_questions,
        )
        api = AssistantsApi(
            self.openai,
            tokens_per_run=self.settings.tokens_per_run,
            stalls_after=self.settings.model_stalls_after,
        )
        self.open_charges = OpenCharges(self.quotas.budgets, api.retrieve, self.ownership.live_processes)
        self.before_closing.append(self.open_charges.stop)
        return Services(
            api=api,
            conversation_store=self.conversation_store,
            guild_assistants=self.guild_assistants,
            tools=self.tools,
            quotas=self.quotas,
            discord=adapter,
            run_watch=self.bot_status.model,
            wishes=ServerWishes(self.server_settings, self.settings.models),
        )

    def _attend_gateway_address(self, gateway_url: str | None) -> SessionStartLimit:
        """Let each answer of `GET /gateway/bot` hold for all connections: discord.py takes its URL for the first alone,
        and drops its session start limit, which is returned. `gateway_url`, where one is set, holds before the URL.
        """
        get_bot_gateway = self.http.get_bot_gateway

        async def attended() -> Any:
            shards, url, limit = await get_bot_gateway()
            session_start_limit.told(limit)
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url or url)
            return shards, gateway_url or url, limit

        session_start_limit = SessionStartLimit(attended)
        self.http.get_bot_gateway = attended  # type: ignore[method-assign]
        return session_start_limit

    async def login(self, token: str) -> None:
        """Do what discord.py does, with a share of Discord's global limit."""
        self._allowance_leases = leases_for(self.outbox.global_limit, self.store, self.notices)
        if self._allowance_leases is not None:
            if self.shard_leases is not None:
                self.shard_leases.on_heartbeat = self._allowance_leases.database_answered
            await self._allowance_leases.start()
        await super().login(token)

    async def setup_hook(self) -> None:
        """Called between login and connection: load the cogs, read what is stored, tell Discord the commands."""
        make_responses_sure()
        self._watching = asyncio.create_task(self.gateway_watch.run(), name="gateway-watch")
        self.taking_over.begin_looking()
        await self.tree.set_translator(CommandTranslator())
        self.add_dynamic_items(*ANSWER_BUTTONS)
        for name in cog_names():
            await self.load_extension(name)
        await self.notices.open()
        await self.server_settings.load()
        await self.guild_assistants.load()
        await self.conversations.load()
        self.sweep.start()
        self.open_charges.start()
        self.bot_status.start()
        await self._tell_commands()

    async def _tell_commands(self) -> None:
        """Tell Discord the commands, once: not each process that starts beside others does."""
        if self.shard_leases is not None and not await self.shard_leases.once(
            "commands", await self._commands_digest()
        ):
            return
        try:
            await self.tree.sync()
        except discord.HTTPException:
            log.exception("commands.not_synced")

    async def _commands_digest(self) -> str:
        translator = self.tree.translator
        commands = [
            await each.get_translated_payload(self.tree, translator)
            if translator is not None
            else each.to_dict(self.tree)
            for each in self.tree._get_all_commands()
        ]
        return hashlib.sha256(json.dumps([self.application_id, commands], sort_keys=True).encode()).hexdigest()

    async def launch_shards(self) -> None:
        """Called by discord.py to connect: all shards, or those that this process gets leases of."""
        if self.shard_leases is None:
            await super().launch_shards()
        else:
            await self.shard_leases.start()

    async def launch_shard(self, gateway: yarl.URL, shard_id: int, *, initial: bool = False) -> None:
        """Called by discord.py, without leases, for each shard's first connection."""
        await self.gateway_watch.may_identify()
        await super().launch_shard(gateway, shard_id, initial=initial)
        self.gateway_watch.attend(self.shards[shard_id]._parent)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Called by discord.py before each IDENTIFY: with leases, the shard's turn has come already."""
        if self.shard_leases is None:
            await super().before_identify_hook(shard_id, initial=initial)

    def add_dynamic_items(self, *items: type[discord.ui.DynamicItem[Any]]) -> None:
        """Do what discord.py does, and remember the templates of the buttons for `on_interaction`."""
        super().add_dynamic_items(*items)
        self._button_templates += [item.__discord_ui_compiled_template__ for item in items]

    async def on_message(self, message: discord.Message, /) -> None:
        """Do nothing: there are no prefix commands, and cogs listen for messages themselves."""

    async def on_interaction(self, interaction: "discord.Interaction[Any]") -> None:
        """Note the person's language; answer a press on a button of an old release, which nothing handles any more."""
        self.known_locales.note(interaction.user.id, interaction.locale.value)
        if interaction.type is not discord.InteractionType.component or interaction.data is None:
            return
        custom_id = str(interaction.data.get("custom_id", ""))
        if any(template.fullmatch(custom_id) for template in self._button_templates):
            return
        await asyncio.sleep(UNANSWERED)
        if not interaction.response.is_done():
            await say_privately(interaction, sentences.BUTTON_OLD(sentences.of_interaction(interaction)))

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """Log what a listener raised."""
        log.exception("event.failed", happening=event_method)  # noqa: LOG004 - discord.py calls this in its handler

    async def on_ready(self) -> None:
        """All guilds are known: at the first time, all shards are this process's."""
        if isinstance(self.ownership, SoleOwnership) and not self.ownership.shard_ids:
            self.ownership.gained(self.shard_count or 1)
            await tell_gained(self.shard_listeners, self.ownership.shard_ids)

    async def on_shard_connect(self, shard_id: int) -> None:
        """A session has begun (READY)."""
        self._guild_arrivals.session_began()
        self.gateway_watch.session_began(shard_id)
        self.bot_status.changed()

    async def on_shard_disconnect(self, _shard_id: int) -> None:
        """A connection has ended."""
        self.bot_status.changed()

    async def on_shard_ready(self, shard_id: int) -> None:
        """A session has begun, and its guilds are known."""
        if self.shard_leases is not None:
            await self.shard_leases.session_began(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """A session goes on (RESUMED)."""
        self.gateway_watch.session_began(shard_id)
        self.bot_status.changed()

    def closing_steps(self) -> list[ClosingStep]:
        """How the bot ends, in this order; what does not fit into a step's time the next start does."""
        return [
            ClosingStep("nothing new", 1.0, self._begin_nothing_new),
            # Meanwhile Discord is heard: presses are answered, and new questions are stored for the next process.
            ClosingStep("running answers", RUNNING_ANSWERS, self.conversations.finish, waits=True),
            ClosingStep("answers left", ANSWERS_LEFT, self.conversations.close),
            ClosingStep("outbox", CLOSING, self.outbox.close),
            ClosingStep("connection", CLOSING, self._disconnect),
            ClosingStep("holds", CLOSING, self._release_holds),
        ]

    async def _begin_nothing_new(self) -> None:
        """What comes from now on is stored, and the next process does it."""
        self.announced_requests.close()
        if self._watching is not None:
            self._watching.cancel()
        for stop in self.before_closing:
            stop()
        if self.shard_leases is not None:
            self.shard_leases.hand_over()

    async def _disconnect(self) -> None:
        """Give the shards back, so that others or the next start go on with their sessions; then end."""
        await self.gateway_watch.close()
        try:
            if self.shard_leases is not None and not self.is_closed():
                await self.shard_leases.close()
        finally:
            await cancel_handlers()
            await super().close()
        if self._allowance_leases is not None:
            await self._allowance_leases.close()

    async def _lives(self, process_id: str) -> bool:
        return process_id in await self.ownership.live_processes()

    async def _release_holds(self) -> None:
        await self.bot_status.close()
        await self.taking_over.close()
        await self.holds.close()
        await self.notices.close()

    async def close(self) -> None:
        """End in order: see `closing_steps`. Called again, it waits for the connection's end alone."""
        steps = self.closing_steps()
        await close_in_order([step for step in steps if step.name == "connection"] if self.is_closed() else steps)


def intents(*, message_content: bool) -> discord.Intents:
    """What the gateway is to send. `message_content` is privileged and may be off in the developer portal."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.guild_messages = wanted.dm_messages = True
    wanted.message_content = message_content
    return wanted


def cog_names() -> Iterator[str]:
    """The modules of `cogs`, except those that begin with an underscore."""
    found = importlib.util.find_spec("cogs")
    for module in pkgutil.iter_modules(found.submodule_search_locations if found is not None else None):
        if not module.name.startswith("_"):
            yield f"cogs.{module.name}"


def point_at(api_url: str | None, gateway_url: str | None) -> None:
    """Let discord.py in this process connect to another Discord: a proxy, or the playground."""
    if api_url is not None:
        base = api_url.rstrip("/")
        discord.http.Route.BASE = base if re.search(r"/v\d+$", base) else f"{base}/v{discord.http.INTERNAL_API_VERSION}"
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
