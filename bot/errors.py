"""Errors with a sentence for a person: for whoever asked the bot for something, and for the owner who starts it."""

from bot.sentences import DISCORD_AWAY, Sentence


class UserFacingError(Exception):
    """What somebody asked for cannot be done: they are told `sentence`, with `values` in its gaps."""

    def __init__(self, sentence: Sentence, **values: object) -> None:
        super().__init__(sentence("en", **values))
        self.sentence = sentence
        self.values = values


class DiscordUnavailableError(UserFacingError):
    """Discord does not answer for now: whether what was looked for is there, nobody knows."""

    def __init__(self) -> None:
        super().__init__(DISCORD_AWAY)


class StartupError(Exception):
    """The bot cannot start; the message is one plain sentence for the owner, with what to do."""


class DiscordUnreachableError(StartupError):
    """Discord cannot be reached, or fails: to try again later may help."""


class ConfigurationError(StartupError):
    """The bot cannot start until its owner changes something: to start it again as it is would fail again."""
