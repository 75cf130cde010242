"""What code raises when a person is to be told why something cannot be done."""

from bot.sentences import Sentence


class UserFacingError(Exception):
    """Somebody asked for what cannot be done: they are told `sentence`, with `values` in its gaps."""

    def __init__(self, sentence: Sentence, **values: object) -> None:
        super().__init__(sentence("en", **values))
        self.sentence = sentence
        self.values = values
