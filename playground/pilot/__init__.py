"""The pilot: a simulated student that a test steers. Other projects test their bots with it, see docs/playground.md."""

from playground.pilot.client import Client, ErrorResponse
from playground.pilot.interaction_requests import InteractionRequest
from playground.pilot.seen import Control, NotSeen, SeenMessage, SeenModal
from playground.pilot.student import Outcome, Student

__all__ = [
    "Client",
    "Control",
    "ErrorResponse",
    "InteractionRequest",
    "NotSeen",
    "Outcome",
    "SeenMessage",
    "SeenModal",
    "Student",
]
