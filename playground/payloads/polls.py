"""Polls as JSON objects.

https://docs.discord.com/developers/resources/poll
"""

from playground.payloads.json_values import Json, iso
from playground.world.polls import Poll
from playground.world.users import User


def poll_object(poll: Poll, viewer: User | None) -> Json:
    """Return a poll object with its results up to now."""
    counts = [
        {"id": number, "count": len(voters), "me_voted": viewer is not None and viewer.id in voters}
        for number, voters in sorted(poll.votes.items())
        if voters
    ]
    return {
        "question": poll.question,
        "answers": [{"answer_id": number, "poll_media": media} for number, media in enumerate(poll.answers, 1)],
        "expiry": iso(poll.expires_at),
        "allow_multiselect": poll.multiple,
        "layout_type": poll.layout,
        "results": {"is_finalized": poll.ended, "answer_counts": counts},
    }


def result_embed(poll: Poll) -> Json:
    """Return the embed of the message that tells a poll's result.

    https://docs.discord.com/developers/resources/message#embed-fields-by-embed-type-poll-result-embed-fields
    """
    winner = poll.winner()
    told = {
        "poll_question_text": poll.question["text"],
        "victor_answer_votes": max((len(voters) for voters in poll.votes.values()), default=0),
        "total_votes": sum(len(voters) for voters in poll.votes.values()),
    }
    if winner is not None:
        media = poll.answers[winner - 1]
        told |= {"victor_answer_id": winner, "victor_answer_text": media.get("text", "")}
        if "emoji" in media:
            told["victor_answer_emoji_name"] = media["emoji"]["name"]
    fields = [{"name": name, "value": str(value), "inline": False} for name, value in told.items()]
    return {"type": "poll_result", "fields": fields, "content_scan_version": 0}
