"""A bot with one of everything that the page must be able to show, made with discord.py."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator

import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from PIL import Image

from playground.server import Playground

TOPICS = ("fractions", "functions", "geometry")
NOBODY = discord.AllowedMentions.none()


class Feedback(ui.Modal, title="Tell us"):
    """A form with a label, a select and plain text."""

    words = ui.TextInput[ui.Modal](
        label="Your words", custom_id="words", style=discord.TextStyle.paragraph, min_length=3
    )
    grade: ui.Label[ui.Modal] = ui.Label(
        text="Grade",
        description="How was it?",
        component=ui.Select(
            custom_id="grade",
            options=[discord.SelectOption(label="Good", value="good"), discord.SelectOption(label="Bad", value="bad")],
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.grade.component, ui.Select)
        grade = self.grade.component.values[0]
        await interaction.response.send_message(f"{self.words.value} ({grade})", allowed_mentions=NOBODY)


class Board(ui.LayoutView):
    """Everything there is of Components V2, and a control of each kind."""

    def __init__(self, asker: str) -> None:
        super().__init__(timeout=None)
        self.presses = 0
        self.text: ui.TextDisplay[Board] = ui.TextDisplay(f"## Board of {asker}\nPressed **0** times")
        self.add_item(self.text)
        self.add_item(ui.ActionRow(*(self._button(label, style) for label, style in STYLES)))
        self.add_item(ui.ActionRow(self._select()))
        self.add_item(ui.ActionRow(self._people()))
        box: ui.Container[Board] = ui.Container(accent_colour=discord.Colour.blurple())
        box.add_item(ui.TextDisplay("In a box with ||a secret||"))
        box.add_item(ui.Separator(spacing=discord.SeparatorSpacing.large))
        link: ui.Button[Board] = ui.Button(label="Manual", url="https://discord.com/developers/docs")
        box.add_item(ui.Section(ui.TextDisplay("With something beside it"), accessory=link))
        self.add_item(box)

    def _button(self, label: str, style: discord.ButtonStyle) -> "ui.Button[Board]":
        button: ui.Button[Board] = ui.Button(label=label, style=style, custom_id=label.lower(), disabled=label == "Off")
        button.callback = getattr(self, f"_{label.lower()}")  # type: ignore[method-assign]
        return button

    def _select(self) -> "ui.Select[Board]":
        options = [discord.SelectOption(label=topic.title(), value=topic, emoji="📘") for topic in TOPICS]
        select: ui.Select[Board] = ui.Select(
            custom_id="topics", placeholder="Pick topics", options=options, max_values=2
        )

        async def chosen(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("You chose " + ", ".join(select.values), allowed_mentions=NOBODY)

        select.callback = chosen  # type: ignore[method-assign]
        return select

    def _people(self) -> "ui.UserSelect[Board]":
        people: ui.UserSelect[Board] = ui.UserSelect(custom_id="people", placeholder="Pick a classmate")

        async def chosen(interaction: discord.Interaction) -> None:
            name = people.values[0].display_name
            await interaction.response.send_message(f"Classmate: {name}", ephemeral=True)

        people.callback = chosen  # type: ignore[method-assign]
        return people

    async def _count(self, interaction: discord.Interaction) -> None:
        self.presses += 1
        self.text.content = f"## Board\nPressed **{self.presses}** times"
        await interaction.response.edit_message(view=self)

    async def _private(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Between us", ephemeral=True)

    async def _form(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Feedback())

    async def write_on(self, message: discord.Message, count: int) -> None:
        """Change the text again and again, as a streamed answer does."""
        for number in range(count):
            self.text.content = f"## Board\nPressed **{self.presses}** times, line {number}"
            await message.edit(view=self)

    async def _silent(self, interaction: discord.Interaction) -> None:
        """Answers nothing: the student must be told so."""

    async def _off(self, interaction: discord.Interaction) -> None:
        raise AssertionError("a disabled button was pressed")


def drawing(name: str, width: int, height: int) -> discord.File:
    """A plain picture of that size."""
    data = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(data, "PNG")
    data.seek(0)
    return discord.File(data, filename=name)


def worked_example() -> tuple[ui.LayoutView, list[discord.File]]:
    """An answer with formulas as pictures between its words, a thumbnail and a file."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay("The formula"))
    view.add_item(ui.MediaGallery(discord.MediaGalleryItem("attachment://formula.png", description=FORMULA)))
    view.add_item(ui.TextDisplay("gives two roots."))
    graph: ui.Thumbnail[ui.LayoutView] = ui.Thumbnail("attachment://graph.png", description="A parabola")
    view.add_item(ui.Section(ui.TextDisplay("Its graph"), accessory=graph))
    view.add_item(ui.File("attachment://notes.md"))
    notes = discord.File(io.BytesIO(b"# Notes"), filename="notes.md")
    return view, [drawing("formula.png", 300, 60), drawing("graph.png", 200, 200), notes]


FORMULA = r"x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}"
STYLES = (
    ("Count", discord.ButtonStyle.primary),
    ("Private", discord.ButtonStyle.secondary),
    ("Form", discord.ButtonStyle.success),
    ("Silent", discord.ButtonStyle.danger),
    ("Off", discord.ButtonStyle.secondary),
)


class PracticeBot(discord.Client):
    """Some slash commands, and "Count letters" in a message's menu."""

    def __init__(self, guild_id: int) -> None:
        super().__init__(intents=discord.Intents.all())
        self.tree = app_commands.CommandTree(self)
        self._guild = discord.Object(guild_id)
        self.synced = asyncio.Event()
        self.arrived = asyncio.Event()
        self.boards: list[Board] = []
        self.release = asyncio.Event()
        """Set to let `/think` answer."""

    async def on_guild_available(self, guild: discord.Guild) -> None:
        self.arrived.set()

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self.arrived.set()

    async def setup_hook(self) -> None:
        for command in (
            self._board(),
            self._quiz(),
            self._think(),
            self._silent(),
            self._example(),
            self._card(),
            self._give(),
            self._letters(),
        ):
            self.tree.add_command(command, guild=self._guild)
        await self.tree.sync(guild=self._guild)
        self.synced.set()

    def _board(self) -> "app_commands.Command[app_commands.Group, ..., None]":
        @app_commands.command(description="Show one of everything")
        async def board(interaction: discord.Interaction) -> None:
            self.boards.append(Board(interaction.user.display_name))
            await interaction.response.send_message(view=self.boards[-1])

        return board

    def _quiz(self) -> "app_commands.Command[app_commands.Group, ..., None]":
        async def topics(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=f"About {topic}", value=topic) for topic in TOPICS if current in topic]

        @app_commands.command(description="Start a quiz")
        @app_commands.describe(topic="What it is about", questions="How many", mode="Alone or with others")
        @app_commands.choices(
            mode=[app_commands.Choice(name=name, value=name.lower()) for name in ("Solo", "Together")]
        )
        @app_commands.autocomplete(topic=topics)
        async def quiz(
            interaction: discord.Interaction,
            topic: str,
            questions: app_commands.Range[int, 1, 10] = 3,
            mode: str = "solo",
        ) -> None:
            await interaction.response.send_message(f"topic={topic} questions={questions} mode={mode}")

        return quiz

    def _think(self) -> "app_commands.Command[app_commands.Group, ..., None]":
        @app_commands.command(description="Answer later")
        async def think(interaction: discord.Interaction) -> None:
            await interaction.response.defer(thinking=True)
            await self.release.wait()
            await interaction.followup.send("Here it is")

        return think

    def _silent(self) -> "app_commands.Command[app_commands.Group, ..., None]":
        @app_commands.command(description="Never answer")
        async def silent(interaction: discord.Interaction) -> None:
            """Leaves the student waiting."""

        return silent

    def _example(self) -> "app_commands.Command[app_commands.Group, ..., None]":
        @app_commands.command(description="An answer with pictures")
        async def example(interaction: discord.Interaction) -> None:
            view, files = worked_example()
            await interaction.response.send_message(view=view, files=files)

        return example

    def _card(self) -> "app_commands.Command[app_commands.Group, ..., None]":
        @app_commands.command(description="An embed")
        async def card(interaction: discord.Interaction) -> None:
            embed = discord.Embed(title="Progress", description="**7** of 9", colour=discord.Colour.green())
            embed.add_field(name="Right", value="7").add_field(name="Wrong", value="2").set_footer(text="this week")
            await interaction.response.send_message(embed=embed)

        return card

    def _give(self) -> app_commands.Group:
        group = app_commands.Group(name="give", description="Hand something over")

        @group.command(name="file", description="Hand over a file")
        async def give_file(
            interaction: discord.Interaction,
            file: discord.Attachment,
            to: discord.Member,
            place: discord.TextChannel | None = None,
            secret: bool = False,
            weight: float | None = None,
        ) -> None:
            data = await file.read()
            text = f"{file.filename} ({len(data)} bytes) to {to.display_name} in {place} secret={secret} {weight}"
            await interaction.response.send_message(text)

        return group

    def _letters(self) -> app_commands.ContextMenu:
        async def count(interaction: discord.Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(f"{len(message.content)} letters", ephemeral=True)

        return app_commands.ContextMenu(name="Count letters", callback=count)


@contextlib.asynccontextmanager
async def practice_bot(playground: Playground) -> AsyncIterator[PracticeBot]:
    """Connect the bot to a playground; discord.py is pointed back to Discord afterwards."""
    base, gateway = discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    discord.http.Route.BASE = playground.api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(playground.gateway_url)
    bot = PracticeBot(playground.guild.id)
    running = asyncio.create_task(bot.start(playground.bot_token))
    try:
        async with asyncio.timeout(20):
            ready = asyncio.create_task(bot.synced.wait())
            await asyncio.wait({ready, running}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                ready.cancel()
                await running
            await bot.arrived.wait()
        yield bot
    finally:
        bot.release.set()
        await bot.close()
        await asyncio.gather(running, return_exceptions=True)
        discord.http.Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway
