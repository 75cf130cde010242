"""Why something is not computed, as a sentence for the model that asked for it."""


class Refused(Exception):  # noqa: N818
    """It is not computed; the message is a sentence that says why, and what to write instead.

    The sentence holds nothing of what was asked: that may be somebody's words, and the sentence passes for ours.
    """
