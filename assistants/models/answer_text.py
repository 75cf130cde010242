"""The text of one answer on its way to the client: without thoughts, and without calls that are written as text."""

from collections.abc import Collection, Sequence

from assistants.models.model_habits import ModelHabits
from assistants.models.model_protocol import FunctionTool
from assistants.models.text_calls import TextCall, TextCalls
from assistants.models.thoughts import Thoughts, without_thoughts


class AnswerText:
    """Takes the thoughts and the calls off one answer of a model; `tools` are on offer."""

    def __init__(self, tools: Sequence[FunctionTool], *, model: str, habits: ModelHabits) -> None:
        self._tools = tools
        self._model = model
        self._habits = habits
        self._names = {tool.name for tool in tools}
        unopened = habits.may_think_unopened(model)
        self._thoughts = Thoughts(unopened=unopened, watch=not habits.separates(model), functions=self._names)
        self._calls = TextCalls(tools)
        self._apart = False
        self.held = False
        """Whether something has come that is not shown yet."""

    def thoughts_are_apart(self) -> None:
        """The server sends thoughts in a field of their own."""
        if not self._apart:
            self._apart = True
            self._thoughts.separated()

    def feed(self, text: str) -> str:
        """The part that can be shown now that `text` has come."""
        if not text:
            return ""
        shown = self._calls.feed(self._thoughts.feed(text))
        self.held = not shown
        return shown

    def end(self, *, cut: bool, called: Collection[str]) -> tuple[str, list[TextCall], str]:
        """The rest at the answer's end: text, calls, and text behind them.

        `called` are the names of calls that came as calls. Some servers leave such a call in the text as well: it is
        not made twice. Nothing but thoughts or blanks before a call is no text.
        """
        sure = self._habits.surely_thinks_unopened(self._model)
        thinking = self._thoughts.thinking
        left = self._thoughts.end(cut=cut, surely_unopened=sure)
        if called and (thinking or not left.strip()):
            left = ""
        text = self._calls.feed(left)
        more, calls, behind = self._calls.end(cut=cut)
        if not cut:
            self._habits.note_thoughts(self._model, unopened=self._thoughts.was_unopened)
        return text + more, [call for call in calls if call.name not in called], behind

    def of_whole(self, text: str) -> str:
        """A whole text as it is shown; it was streamed before."""
        shown = without_thoughts(text, unopened=self._thoughts.was_unopened, functions=self._names)
        calls = TextCalls(self._tools)
        start = calls.feed(shown)
        more, _, behind = calls.end()
        return start + more + behind
