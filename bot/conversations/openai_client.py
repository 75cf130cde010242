"""The SDK's client, reading the events of a run by their names."""

from typing import Annotated, Any

from openai import AsyncOpenAI, AsyncStream
from openai.types.beta import AssistantStreamEvent
from pydantic import Field
from typing_extensions import TypeAliasType, override

NamedEvent = TypeAliasType("NamedEvent", Annotated[AssistantStreamEvent, Field(discriminator="event")])
"""An alias of its own: the SDK hands one to pydantic as it is, where it drops what is annotated."""


class Client(AsyncOpenAI):
    """AsyncOpenAI, but for what an event of a run costs to read.

    pydantic tries each of the two dozen kinds of event on every one of them, which takes 60 to 120 microseconds; by its
    name, an event is read in 6 to 9. What a name does not fit is left to the SDK's own way.
    """

    @override
    async def post(self, path: str, *, stream_cls: Any = None, **options: Any) -> Any:
        """As the SDK's, with the faster stream in the place of the usual one."""
        if stream_cls == AsyncStream[AssistantStreamEvent]:
            stream_cls = AsyncStream[NamedEvent]
        return await super().post(path, stream_cls=stream_cls, **options)
