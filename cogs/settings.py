"""`/settings …`: what the people of a server choose for it, in a panel, and each setting as a command of its own."""

from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot import sentences
from bot.client import SaemBot
from bot.command_names import localized
from bot.retries import through_outages
from bot.sentences import LANGUAGE_NAMES, OWN_NAMES, of_interaction
from bot.settings_panel.greeting import Greeting
from bot.settings_panel.panel import CHOICES, SWITCHES, TEXTS, LibraryState
from bot.settings_panel.panel_components import FORM, SettingsItem, parse_form, parse_settings_id
from bot.settings_panel.settings_panel import SettingsPanel
from bot.tutor.error_handler import handle_error, say_privately

Interaction = discord.Interaction[SaemBot]
OnOrOff = Literal["on", "off"]
PlaceChannel = discord.TextChannel | discord.ForumChannel | discord.VoiceChannel | discord.CategoryChannel

ON_OFF = [Choice(name=localized("on"), value="on"), Choice(name=localized("off"), value="off")]
HOW_IT_IS = localized("How it is, if you do not say")


class _LibraryChoices:
    """The library's own settings, of the cog that is loaded."""

    def __init__(self, bot: SaemBot) -> None:
        cog: Any = bot.get_cog("LibraryCog")
        self._library = cog.library

    def state(self, guild: discord.Guild) -> LibraryState:
        channels = [channel.id for channel in self._library.watched_channels.of_guild(guild)]
        return LibraryState(channels, self._library.contributors.role_id(guild.id))

    async def set_contributors(self, guild_id: int, role_id: int | None, by: int) -> None:
        await self._library.set_contributors(guild_id, role_id, by)

    async def set_watched(self, guild_id: int, channel_id: int, by: int, *, watched: bool) -> None:
        await self._library.watch(guild_id, channel_id, by, watched=watched)


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class SettingsCog(
    commands.GroupCog,
    group_name=localized("settings"),
    group_description=localized("What I do in this server"),
):
    """Tells and changes a server's settings."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot
        self.settings_panel = SettingsPanel(
            bot.server_settings,
            lambda: _LibraryChoices(bot),
            models=bot.settings.models,
            usual_model=bot.settings.model,
            host_days=bot.settings.retention_days,
        )

        self.greeting = Greeting(bot, bot.server_settings, lambda guild: _LibraryChoices(bot).state(guild).channels)

    async def cog_load(self) -> None:
        """Let the panel's components work after a restart too."""
        self.bot.add_dynamic_items(SettingsItem)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Whoever uses a command here must be able to manage the server, whatever its integration settings say."""
        self.settings_panel.check(interaction)
        return True

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Greet the server."""
        await through_outages(lambda: self.greeting.greet(guild))

    @commands.Cog.listener()
    async def on_shard_ready(self, shard_id: int) -> None:
        """Greet the servers that were joined meanwhile."""
        for guild in self.bot.guilds:
            if guild.shard_id == shard_id:
                await through_outages(lambda: self.greeting.greet(guild))  # noqa: B023 - awaited at once

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Take a form that was sent, also one that an earlier process opened."""
        if interaction.type is not discord.InteractionType.modal_submit or interaction.data is None:
            return
        form = parse_settings_id(str(interaction.data.get("custom_id", "")))
        if form is None or form.what != FORM:
            return
        try:
            await self.settings_panel.take_form(interaction, form, *parse_form(interaction.data))
        except Exception as error:  # noqa: BLE001 - `handle_error` logs it, and tells the person
            await handle_error(interaction, error)

    @app_commands.command(
        name=localized("panel"),
        description=localized("All settings, to look at and to change"),
    )
    async def panel(self, interaction: Interaction) -> None:
        """Open the panel."""
        await self.settings_panel.open(interaction)

    @app_commands.command(
        name=localized("history"),
        description=localized("Who changed which setting, and when"),
    )
    async def history(self, interaction: Interaction) -> None:
        """The newest changes."""
        await self.settings_panel.show_history(interaction, 0)

    @app_commands.command(name=localized("language"), description=localized("The language that I speak here"))
    @app_commands.describe(language=HOW_IT_IS)
    @app_commands.choices(
        language=[
            Choice(name=localized("each student's own"), value="each"),
            *(Choice(name=OWN_NAMES[each], value=each) for each in LANGUAGE_NAMES),
        ]
    )
    async def language(self, interaction: Interaction, language: str | None = None) -> None:
        """Set the language, or tell it."""
        if language is not None:
            await self._set(interaction, "language", "" if language == "each" else language)
        await self.settings_panel.tell(interaction, "language")

    @app_commands.command(name=localized("persona"), description=localized("Who I am to be here"))
    @app_commands.describe(text=HOW_IT_IS, reset=localized("Take it back"))
    async def persona(
        self, interaction: Interaction, text: app_commands.Range[str, 1, 6000] | None = None, *, reset: bool = False
    ) -> None:
        """Set the persona, take it back, or tell it."""
        await self._text(interaction, "persona", text, reset=reset)

    @app_commands.command(
        name=localized("instructions"),
        description=localized("What I am to do here beyond my own rules"),
    )
    @app_commands.describe(text=HOW_IT_IS, reset=localized("Take them back"))
    async def instructions(
        self, interaction: Interaction, text: app_commands.Range[str, 1, 6000] | None = None, *, reset: bool = False
    ) -> None:
        """Set the instructions, take them back, or tell them."""
        await self._text(interaction, "instructions", text, reset=reset)

    @app_commands.command(
        name=localized("preview"),
        description=localized("What the model is told of persona and instructions"),
    )
    async def preview(self, interaction: Interaction) -> None:
        """Tell what the model is told."""
        await self.settings_panel.show_preview(interaction)

    @app_commands.command(name=localized("model"), description=localized("The model that answers"))
    @app_commands.describe(model=HOW_IT_IS, usual=localized("The host's own choice again"))
    async def model(self, interaction: Interaction, model: str | None = None, *, usual: bool = False) -> None:
        """Choose the model, or tell it."""
        if usual or model is not None:
            assert interaction.guild_id is not None
            await self.settings_panel.set_model(interaction.guild_id, "" if usual else model or "", interaction.user.id)
        await self.settings_panel.tell(interaction, "model")

    @model.autocomplete("model")
    async def suggest_models(self, _interaction: Interaction, current: str) -> list[Choice[str]]:
        """The models that the host allows."""
        fitting = [each for each in self.bot.settings.models if current.casefold() in each.casefold()]
        return [Choice(name=each[:100], value=each[:100]) for each in fitting[:25]]

    @app_commands.command(
        name=localized("channels"),
        description=localized("Channels and categories where I answer"),
    )
    @app_commands.describe(
        add=localized("Answer there too"),
        remove=localized("Answer there no more"),
        everywhere=localized("Answer everywhere again"),
    )
    async def channels(
        self,
        interaction: Interaction,
        add: PlaceChannel | None = None,
        remove: PlaceChannel | None = None,
        *,
        everywhere: bool = False,
    ) -> None:
        """Change where Saem answers, or tell it."""
        await self._places(interaction, "channels", add, remove, everything=everywhere)

    @app_commands.command(name=localized("roles"), description=localized("Whom I answer here"))
    @app_commands.describe(
        add=localized("Answer them too"),
        remove=localized("Answer them no more"),
        everybody=localized("Answer everybody again"),
    )
    async def roles(
        self,
        interaction: Interaction,
        add: discord.Role | None = None,
        remove: discord.Role | None = None,
        *,
        everybody: bool = False,
    ) -> None:
        """Change whom Saem answers, or tell it."""
        await self._places(interaction, "roles", add, remove, everything=everybody)

    @app_commands.command(
        name=localized("mode"),
        description=localized("How I help with exercises in this server"),
    )
    @app_commands.describe(mode=HOW_IT_IS)
    @app_commands.choices(
        mode=[
            Choice(name=localized("answers"), value="answer"),
            Choice(name=localized("hints first"), value="guide"),
        ]
    )
    async def mode(self, interaction: Interaction, mode: Literal["answer", "guide"] | None = None) -> None:
        """Set the mode of the whole server, or tell it; `/mode` sets that of a channel."""
        if mode is not None:
            await self._set(interaction, "mode", mode)
        await self.settings_panel.tell(interaction, "mode")

    @app_commands.command(name=localized("quiz"), description=localized("What quizzes are usually like"))
    @app_commands.describe(
        questions=localized("How many questions"),
        difficulty=localized("How hard they are"),
        source=localized("What their questions are drawn from"),
        play=localized("How they are played"),
    )
    @app_commands.choices(
        difficulty=[
            Choice(name=localized("any"), value="any"),
            Choice(name=localized("easy"), value="easy"),
            Choice(name=localized("medium"), value="medium"),
            Choice(name=localized("hard"), value="hard"),
        ],
        source=[
            Choice(name=localized("what fits"), value="fitting"),
            Choice(name=localized("the library's files"), value="files"),
            Choice(name=localized("anything"), value="anything"),
        ],
        play=[
            Choice(name=localized("alone, marked after each answer"), value="each"),
            Choice(name=localized("alone, marked at the end"), value="end"),
            Choice(name=localized("together, against the clock"), value="together"),
        ],
    )
    async def quiz(
        self,
        interaction: Interaction,
        questions: app_commands.Range[int, 1, 10] | None = None,
        difficulty: Literal["any", "easy", "medium", "hard"] | None = None,
        source: Literal["fitting", "files", "anything"] | None = None,
        play: Literal["each", "end", "together"] | None = None,
    ) -> None:
        """Set what quizzes are like that nobody says more about, or tell it."""
        if questions is not None:
            await self._set(interaction, "count", str(questions))
        if difficulty is not None:
            await self._set(interaction, "difficulty", "" if difficulty == "any" else difficulty)
        if source is not None:
            await self._set(interaction, "source", "" if source == "fitting" else source)
        if play is not None:
            await self._set(interaction, "play", play)
        await self.settings_panel.tell(interaction, "count", "difficulty", "source", "play")

    @app_commands.command(
        name=localized("calculator"),
        description=localized("Whether I check sums, equations and your steps by algebra"),
    )
    @app_commands.describe(state=HOW_IT_IS)
    @app_commands.choices(state=ON_OFF)
    async def calculator(self, interaction: Interaction, state: OnOrOff | None = None) -> None:
        """Turn the calculator on or off, from the next question on; or tell how it is."""
        is_on = await self._switch(interaction, "calculator", state)
        sentence = sentences.CALCULATOR_ON if is_on else sentences.CALCULATOR_OFF
        await say_privately(interaction, sentence(of_interaction(interaction)))

    @app_commands.command(
        name=localized("code"),
        description=localized("Whether I may write and run code for plots and data"),
    )
    @app_commands.describe(state=HOW_IT_IS)
    @app_commands.choices(state=ON_OFF)
    async def code(self, interaction: Interaction, state: OnOrOff | None = None) -> None:
        """Turn the code interpreter on or off, from the next question on; or tell how it is."""
        assert interaction.guild_id is not None
        sentence = sentences.CODE_OFF
        if await self._switch(interaction, "code", state):
            here = await self.bot.guild_assistants.runs_code(interaction.guild_id)
            sentence = sentences.CODE_ON if here else sentences.CODE_NOT_HERE
        await say_privately(interaction, sentence(of_interaction(interaction)))

    @app_commands.command(
        name=localized("moderation"),
        description=localized("Where moderators read what I refused and what was reported"),
    )
    @app_commands.describe(
        channel=localized("A channel that moderators alone can read"),
        off=localized("Tell nobody any more"),
    )
    async def moderation(
        self, interaction: Interaction, channel: discord.TextChannel | None = None, *, off: bool = False
    ) -> None:
        """Set or take away the moderators' channel, or tell which it is."""
        if channel is not None and not off:
            mine = channel.permissions_for(channel.guild.me)
            if not (mine.view_channel and mine.send_messages):
                sentence = sentences.MODERATORS_CHANNEL_CLOSED
                await say_privately(interaction, sentence(of_interaction(interaction), channel=channel.mention))
                return
        if channel is not None or off:
            await self._set(interaction, "moderators", "" if off or channel is None else str(channel.id))
        await self.settings_panel.tell(interaction, "moderators")

    @app_commands.command(
        name=localized("retention"),
        description=localized("For how long I keep conversations after their last message"),
    )
    @app_commands.describe(days=HOW_IT_IS, usual=localized("The host's own choice again", context="option"))
    async def retention(
        self, interaction: Interaction, days: app_commands.Range[int, 1, 9_999] | None = None, *, usual: bool = False
    ) -> None:
        """Choose how long conversations are kept, or tell it."""
        assert interaction.guild_id is not None
        if usual or days is not None:
            chosen = "" if usual else str(days)
            await self.settings_panel.set_retention(interaction.guild_id, chosen, interaction.user.id)
        await self.settings_panel.tell(interaction, "retention")

    # What the commands have in common

    async def _set(self, interaction: Interaction, name: str, value: str) -> None:
        assert interaction.guild_id is not None
        setting = CHOICES[name]
        await self.settings_panel.set(interaction.guild_id, setting, value, interaction.user.id)

    async def _switch(self, interaction: Interaction, name: str, state: OnOrOff | None) -> bool:
        """Turn a switch, or leave it; whether it is on then."""
        assert interaction.guild_id is not None
        if state is not None:
            await self.settings_panel.set(interaction.guild_id, SWITCHES[name], state, interaction.user.id)
        return self.bot.server_settings.value(SWITCHES[name], interaction.guild_id) == "on"

    async def _text(self, interaction: Interaction, name: str, text: str | None, *, reset: bool) -> None:
        assert interaction.guild_id is not None
        if reset or text is not None:
            given = "" if reset else text or ""
            await self.settings_panel.set_text(interaction.guild_id, TEXTS[name], given, interaction.user.id)
        await self.settings_panel.tell(interaction, name)

    async def _places(
        self,
        interaction: Interaction,
        name: str,
        add: PlaceChannel | discord.Role | None,
        remove: PlaceChannel | discord.Role | None,
        *,
        everything: bool,
    ) -> None:
        assert interaction.guild_id is not None
        guild_id, by = interaction.guild_id, interaction.user.id
        if everything:
            await self._set(interaction, name, "")
        for chosen, there in ((add, True), (remove, False)):
            if chosen is not None:
                await self.settings_panel.add(guild_id, name, chosen.id, by, there=there)
        await self.settings_panel.tell(interaction, name)


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(SettingsCog(bot))
