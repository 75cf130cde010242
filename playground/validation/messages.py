"""The body of a message that is sent or edited: content, embeds, components, files, flags."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Final

from playground.changes.message_changes import MessageDraft, MessageEdit
from playground.errors import ApiError, FormErrors, request_too_large
from playground.uploads import MAX_FILE_SIZE, Upload, clean_name, new_attachment
from playground.validation import embeds, polls
from playground.validation.components import Components
from playground.validation.fields import Fields
from playground.world.channels import Channel
from playground.world.mentions import AllowedMentions
from playground.world.messages import (
    COMPONENTS_V2,
    EPHEMERAL,
    SUPPRESS_EMBEDS,
    SUPPRESS_NOTIFICATIONS,
    Attachment,
    Message,
)
from playground.world.world import World

Json = dict[str, Any]

MAX_CONTENT: Final = 2000
"""Characters of a message's content."""
MAX_FILES: Final = 10
SENDABLE: Final = SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2
_LEGACY: Final = ("content", "embeds", "poll", "sticker_ids", "stickers")


def empty_message() -> ApiError:
    """Return 50006."""
    return ApiError(400, 50006, "Cannot send an empty message")


class MessageBody:
    """Reads and checks one body. `ephemeral` goes to its files; `path` is where the body is in the request's body."""

    def __init__(
        self,
        world: World,
        channel: Channel,
        body: Json,
        files: Mapping[str, Upload],
        *,
        ephemeral: bool = False,
        path: tuple[str, ...] = (),
    ) -> None:
        self.errors = FormErrors()
        self.fields = Fields(body, self.errors, path)
        self._world = world
        self._channel = channel
        self._files = files
        self._ephemeral = ephemeral

    def draft(self, *, flags_allowed: int = SENDABLE) -> MessageDraft:
        """Return the draft of a new message; 50035 or 50006 when the body is wrong or empty."""
        fields = self.fields
        flags = (fields.integer("flags", low=0) or 0) & flags_allowed
        v2 = bool(flags & COMPONENTS_V2)
        if v2:
            self._refuse_legacy()
        if fields.values.get("sticker_ids") and not v2:
            fields.wrong("sticker_ids", "PLAYGROUND_CANNOT", "The playground has no stickers")
        draft = MessageDraft(
            content=(fields.text("content", high=MAX_CONTENT) or "").strip(),
            flags=flags,
            tts=fields.boolean("tts"),
            nonce=self._nonce(),
            embeds=embeds.read(fields),
            attachments=self._attachments(()),
            allowed_mentions=self._allowed_mentions(),
        )
        if fields.has("poll") and not v2:
            draft.poll = polls.read(fields.child("poll"), self._world.clock.now())
        names = {each.filename for each in draft.attachments}
        draft.components = Components(self.errors, names).read(fields, v2=v2)
        self.errors.check()
        embeds.check_not_empty(draft.embeds, self.errors)
        self.errors.check()
        if not (draft.content or draft.embeds or draft.attachments or draft.components or draft.poll):
            raise empty_message()
        return draft

    def edit(self, message: Message) -> MessageEdit:
        """Return the changes of an edit; 50035 or 50006 when the edited message would be wrong or empty."""
        fields = self.fields
        asked = fields.integer("flags", low=0)
        v2 = message.components_v2 or bool((asked or 0) & COMPONENTS_V2)
        edit = MessageEdit(allowed_mentions=self._allowed_mentions())
        if asked is not None:
            # The V2 flag can be set but never taken back.
            kept = message.flags & ~SUPPRESS_EMBEDS
            edit.flags = kept | (asked & SUPPRESS_EMBEDS) | (COMPONENTS_V2 if v2 else 0)
        if v2:
            self._refuse_legacy()
        if "content" in fields.values:
            edit.content = (fields.text("content", high=MAX_CONTENT) or "").strip()
        if "embeds" in fields.values:
            edit.embeds = embeds.read(fields)
        if "attachments" in fields.values or self._files:
            edit.attachments = self._attachments(message.attachments)
        kept_files = message.attachments if edit.attachments is None else edit.attachments
        if "components" in fields.values:
            reader = Components(self.errors, {each.filename for each in kept_files})
            edit.components = reader.read(fields, v2=v2)
        if (
            v2
            and not message.components_v2
            and ((message.content and edit.content is None) or (message.embeds and edit.embeds is None))
        ):
            self._refuse("content")
        self.errors.check()
        embeds.check_not_empty(edit.embeds or [], self.errors)
        self.errors.check()
        if _is_empty(message, edit, kept_files):
            raise empty_message()
        return edit

    def _refuse_legacy(self) -> None:
        for name in _LEGACY:
            if self.fields.values.get(name):
                self._refuse(name)

    def _refuse(self, name: str) -> None:
        self.fields.wrong(
            name,
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
        )

    def _nonce(self) -> str | int | None:
        nonce = self.fields.values.get("nonce")
        if nonce is None or (isinstance(nonce, int) and not isinstance(nonce, bool)):
            return nonce
        return self.fields.text("nonce", high=25)

    def _allowed_mentions(self) -> AllowedMentions:
        if not self.fields.has("allowed_mentions"):
            return AllowedMentions()
        fields = self.fields.child("allowed_mentions")
        parse = fields.items("parse", high=3)
        for index, each in enumerate(parse):
            if each not in ("users", "roles", "everyone"):
                self.errors.add(
                    (*fields.path, "parse", index),
                    "BASE_TYPE_CHOICES",
                    "Value must be one of ('users', 'roles', 'everyone').",
                )
        for name in ("users", "roles"):
            if fields.snowflakes(name) and name in parse:
                self.errors.add(
                    fields.path,
                    "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                    f'parse:["{name}"] and {name}: [ids...] are mutually exclusive.',
                )
        return AllowedMentions() if self.errors else AllowedMentions.from_json(fields.values)

    # -- files

    def _attachments(self, existing: Sequence[Attachment]) -> list[Attachment]:
        described = self.fields.objects("attachments", high=MAX_FILES)
        given = {str(each.values.get("id")): each for each in described}
        kept = [each for each in existing if "attachments" not in self.fields.values or str(each.id) in given]
        kept = [self._with_description(each, given.get(str(each.id))) for each in kept]
        new = [self._attachment(given.get(_index(key)), upload) for key, upload in self._files.items()]
        if len(kept) + len(new) > MAX_FILES:
            self.fields.wrong("attachments", "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_FILES} or fewer in length.")
        known = {str(each.id) for each in existing} | {_index(key) for key in self._files}
        for fields in described:
            if str(fields.values.get("id")) not in known and not existing:
                fields.wrong("id", "ATTACHMENT_NOT_FOUND", "The file of this attachment is missing")
        return kept + new

    def _with_description(self, file: Attachment, fields: Fields | None) -> Attachment:
        if fields is None or "description" not in fields.values:
            return file
        return dataclasses.replace(file, description=fields.text("description", high=1024))

    def _attachment(self, fields: Fields | None, upload: Upload) -> Attachment:
        if len(upload.data) > MAX_FILE_SIZE:
            raise request_too_large()
        described = fields.text("filename", high=1024) if fields is not None else None
        original = described or upload.filename
        name = clean_name(original)
        attachment_id = self._world.snowflakes.next()
        file = new_attachment(upload, attachment_id, self._channel.id, name, ephemeral=self._ephemeral)
        file.title = original.rsplit(".", 1)[0] if name != original else None
        file.description = fields.text("description", high=1024) if fields is not None else None
        file.spoiler = name.startswith("SPOILER_")
        return file


def _index(key: str) -> str:
    """Return the number of a form field such as `files[0]` or `file0`; "0" when it has none."""
    digits = "".join(each for each in key if each.isdigit())
    return digits or "0"


def _is_empty(message: Message, edit: MessageEdit, files: Sequence[Attachment]) -> bool:
    content = message.content if edit.content is None else edit.content
    shown = message.embeds if edit.embeds is None else edit.embeds
    components = message.components if edit.components is None else edit.components
    return not (content or shown or files or components or message.poll)


__all__ = ["EPHEMERAL", "SENDABLE", "MessageBody", "empty_message"]
