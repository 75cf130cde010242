"""Every table of the server, imported in one place so that `Base.metadata` is whole."""

from assistants.store.assistants import Assistant
from assistants.store.base import Base
from assistants.store.messages import Message
from assistants.store.runs import Run
from assistants.store.steps import Step
from assistants.store.threads import Thread

__all__ = ["Assistant", "Base", "Message", "Run", "Step", "Thread"]
