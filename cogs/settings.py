"""`/settings …`: what the people of a server choose for it."""

import discord
from discord import app_commands
from discord.app_commands import Choice
from discord.ext import commands

from bot import sentences
from bot.calculator.switch import CalculatorSwitch, OnOrOff
from bot.client import SaemBot
from bot.command_names import localized
from bot.moderation.moderators_channel import ModeratorsChannel
from bot.sentences import of_code
from bot.tutor.code_switch import CodeSwitch
from bot.tutor.error_handler import say_privately

Interaction = discord.Interaction[SaemBot]


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class SettingsCog(
    commands.GroupCog,
    group_name=localized("settings", "설정"),
    group_description=localized("What I do in this server", "이 서버에서 제가 하는 일"),
):
    """Tells and changes a server's settings."""

    def __init__(self, bot: SaemBot) -> None:
        self.bot = bot

    @app_commands.command(
        name=localized("calculator", "계산기"),
        description=localized(
            "Whether I check sums, equations and your steps by algebra", "계산, 방정식, 풀이 과정을 대수로 확인할지"
        ),
    )
    @app_commands.describe(state=localized("How it is, if you do not say", "말하지 않으면 지금 상태를 알려 드려요"))
    @app_commands.choices(
        state=[Choice(name=localized("on", "켜기"), value="on"), Choice(name=localized("off", "끄기"), value="off")]
    )
    @app_commands.checks.has_permissions(manage_guild=True)
    async def calculator(self, interaction: Interaction, state: OnOrOff | None = None) -> None:
        """Turn the calculator on or off, from the next question on; or tell how it is."""
        assert interaction.guild_id is not None
        switch = CalculatorSwitch(self.bot.server_settings)
        if state is not None:
            await switch.turn(interaction.guild_id, state)
        sentence = sentences.CALCULATOR_ON if switch.is_on(interaction.guild_id) else sentences.CALCULATOR_OFF
        await say_privately(interaction, sentence(of_code(interaction.locale)))

    @app_commands.command(
        name=localized("code", "코드"),
        description=localized(
            "Whether I may write and run code for plots and data", "그래프와 데이터를 위해 코드를 써서 실행할지"
        ),
    )
    @app_commands.describe(state=localized("How it is, if you do not say", "말하지 않으면 지금 상태를 알려 드려요"))
    @app_commands.choices(
        state=[Choice(name=localized("on", "켜기"), value="on"), Choice(name=localized("off", "끄기"), value="off")]
    )
    @app_commands.checks.has_permissions(manage_guild=True)
    async def code(self, interaction: Interaction, state: OnOrOff | None = None) -> None:
        """Turn the code interpreter on or off, from the next question on; or tell how it is."""
        assert interaction.guild_id is not None
        switch = CodeSwitch(self.bot.server_settings)
        if state is not None:
            await switch.turn(interaction.guild_id, state)
        sentence = sentences.CODE_OFF
        if switch.is_on(interaction.guild_id):
            here = await self.bot.guild_assistants.runs_code(interaction.guild_id)
            sentence = sentences.CODE_ON if here else sentences.CODE_NOT_HERE
        await say_privately(interaction, sentence(of_code(interaction.locale)))

    @app_commands.command(
        name=localized("moderation", "관리-기록"),
        description=localized(
            "Where moderators read what I refused and what was reported", "거절한 말과 신고를 관리자가 읽는 채널"
        ),
    )
    @app_commands.rename(channel=localized("channel", "채널"), off=localized("off", "끄기"))
    @app_commands.describe(
        channel=localized("A channel that moderators alone can read", "관리자만 볼 수 있는 채널"),
        off=localized("Tell nobody any more", "더 이상 알리지 않기"),
    )
    @app_commands.checks.has_permissions(manage_guild=True)
    async def moderation(
        self, interaction: Interaction, channel: discord.TextChannel | None = None, *, off: bool = False
    ) -> None:
        """Set or take away the moderators' channel, or tell which it is."""
        assert interaction.guild_id is not None
        locale, moderators = of_code(interaction.locale), ModeratorsChannel(self.bot)
        if off:
            await moderators.choose(interaction.guild_id, None)
        elif channel is not None:
            mine = channel.permissions_for(channel.guild.me)
            if not (mine.view_channel and mine.send_messages):
                await say_privately(interaction, sentences.MODERATORS_CHANNEL_CLOSED(locale, channel=channel.mention))
                return
            await moderators.choose(interaction.guild_id, channel.id)
        chosen = moderators.of(interaction.guild_id)
        where = sentences.MODERATORS_CHANNEL_IS(locale, channel=f"<#{chosen}>")
        await say_privately(interaction, where if chosen else sentences.NO_MODERATORS_CHANNEL(locale))


async def setup(bot: SaemBot) -> None:
    """Add the cog."""
    await bot.add_cog(SettingsCog(bot))
