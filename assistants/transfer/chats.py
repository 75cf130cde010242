"""Exported chats (`conversations.json` of ChatGPT) as the API's objects.

A chat is a tree of messages, of which one branch is shown: from `current_node` up through the parents. That branch
becomes a thread. Nobody documents the format; what is read here is what exports of 2023 to 2026 hold.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from assistants.retrieval.images import MAX_IMAGE, SIGNATURE, image_kind
from assistants.transfer.records import CHAT_TIME, MAX_TEXT, RecordError
from assistants.transfer.report import Report
from assistants.transfer.sources import Source, StoredFile

CHAT_ID: Final = "chatgpt_conversation_id"
NODE_ID: Final = "chatgpt_message_id"
MAX_METADATA: Final = 512

_MARK = re.compile("\ue200[^\ue201]*\ue201|[\ue200-\ue206]")
"""Citations and the like, which stand in private characters and mean something on ChatGPT's page alone."""
_POINTER = re.compile(r"(?:file-service|sediment)://(file[-_][A-Za-z0-9]+)")
_SHOWN_CALLS: Final = {"python", "canmore.create_textdoc", "canmore.update_textdoc"}
"""Recipients of an assistant's message that a reader sees: code that runs, and texts that were written."""
_UNSHOWN: Final = {
    "thoughts": "thoughts",
    "reasoning_recap": "thoughts",
    "user_editable_context": "custom instructions",
    "model_editable_context": "memories",
    "tether_browsing_display": "pages that were read",
    "tether_quote": "pages that were read",
    "sonic_webpage": "pages that were read",
    "system_error": "errors",
    "app_pairing_content": "notes of apps",
}


def is_chat(value: Any) -> bool:
    """Whether this is a chat of an export."""
    return isinstance(value, dict) and isinstance(value.get("mapping"), dict)


class Chats:
    """Makes threads of chats."""

    def __init__(self, source: Source, report: Report) -> None:
        self._source = source
        self._report = report

    def objects(self, chat: Mapping[str, Any], place: str) -> list[dict[str, Any]]:
        """A thread, its messages and their files.

        Raises:
            RecordError: the chat has no id or no readable tree.
        """
        return _Chat(chat, place, self._source, self._report).objects()


class _Chat:
    """One chat on its way."""

    def __init__(self, chat: Mapping[str, Any], place: str, source: Source, report: Report) -> None:
        given = chat.get("conversation_id") or chat.get("id")
        if not isinstance(given, str) or not given:
            raise RecordError("The chat has no id.")
        self._chat = chat
        self._chat_id = given
        self._place = place
        self._source = source
        self._skipped: Counter[str] = report.skipped
        self._report = report
        self._thread_id = f"thread_{_plain(given)}"
        self._time = _seconds(chat.get("create_time")) or 0  # of the last message, for those that have none
        self._files: dict[str, dict[str, Any]] = {}
        self._searched: list[str] = []

    def objects(self) -> list[dict[str, Any]]:
        """As `Chats.objects`."""
        nodes = self._branch()
        messages = [made for node in nodes for made in self._message(node)]
        if not messages:
            self._skipped["empty chats"] += 1
            return []
        stores = self._vector_store(messages[0]["created_at"])
        resources = {"file_search": {"vector_store_ids": [stores[0]["id"]]}} if stores else {}
        metadata = {CHAT_ID: self._chat_id[:MAX_METADATA]}
        if title := _clean(self._chat.get("title")):
            metadata["title"] = title[:MAX_METADATA]
        if updated := _seconds(self._chat.get("update_time")):
            metadata[CHAT_TIME] = str(updated)
        if isinstance(gizmo := self._chat.get("gizmo_id"), str):
            metadata["gizmo_id"] = gizmo[:MAX_METADATA]
        thread = {
            "id": self._thread_id,
            "object": "thread",
            "created_at": _seconds(self._chat.get("create_time")) or messages[0]["created_at"],
            "metadata": metadata,
            "tool_resources": resources,
        }
        return [*self._files.values(), *stores, thread, *messages]

    def _branch(self) -> list[Mapping[str, Any]]:
        """The nodes of the branch that is shown, from the first."""
        mapping: Mapping[str, Any] = self._chat["mapping"]
        node_id = self._chat.get("current_node")
        if not isinstance(node_id, str) or node_id not in mapping:
            node_id = _newest_leaf(mapping)
        nodes: list[Mapping[str, Any]] = []
        seen: set[str] = set()
        while isinstance(node_id, str) and isinstance(node := mapping.get(node_id), dict):
            if node_id in seen:
                raise RecordError(f"The chat's messages go in a circle at {node_id}.")
            seen.add(node_id)
            nodes.append(node)
            node_id = node.get("parent")
        others = sum(1 for key, node in mapping.items() if key not in seen and _has_words(node))
        if others:
            self._skipped["messages of other branches"] += others
        return nodes[::-1]

    def _message(self, node: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        message = node.get("message")
        if not isinstance(message, dict):
            return
        role = _of(message, "author").get("role")
        if (reason := self._unshown(message, role)) is not None:
            if reason:
                self._skipped[reason] += 1
            return
        content = list(self._content(message))
        attachments = list(self._attachments(message, content))
        if not content and not attachments:
            return
        # Names alone are a message too, as the API takes none without content.
        content = content or [
            _text("[" + ", ".join(self._files[each["file_id"]]["filename"] for each in attachments) + "]")
        ]
        self._time = created = _seconds(message.get("create_time")) or self._time
        source_id = message.get("id") or node.get("id")
        if not isinstance(source_id, str) or not source_id:
            raise RecordError("A message of the chat has no id.")
        metadata = {NODE_ID: source_id[:MAX_METADATA]}
        if isinstance(model := _of(message, "metadata").get("model_slug"), str) and role != "user":
            metadata["model"] = model[:MAX_METADATA]
        yield {
            "id": f"msg_{_plain(source_id)}",
            "object": "thread.message",
            "created_at": created,
            "thread_id": self._thread_id,
            "role": "user" if role == "user" else "assistant",
            "status": "completed",
            "completed_at": created,
            "content": content,
            "attachments": attachments,
            "metadata": metadata,
        }

    @staticmethod
    def _unshown(message: Mapping[str, Any], role: Any) -> str | None:
        """What a message is that no reader of the chat saw; None for one that was seen, "" for what is nothing."""
        content = _of(message, "content")
        kind = content.get("content_type")
        if role == "system" and not _words(content):
            return ""
        if role not in {"user", "assistant", "tool"}:
            return "system messages" if role == "system" else "messages of unknown roles"
        if kind in _UNSHOWN:
            return _UNSHOWN[str(kind)]
        if _of(message, "metadata").get("is_visually_hidden_from_conversation") or message.get("weight") == 0:
            return "hidden messages"
        recipient = message.get("recipient") or "all"
        if role == "assistant" and recipient != "all" and recipient not in _SHOWN_CALLS:
            return "calls of tools"
        if role == "tool" and kind not in {"execution_output", "multimodal_text"}:
            return "outputs of tools"
        return None

    def _content(self, message: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        content = _of(message, "content")
        kind = content.get("content_type")
        if kind in {"code", "execution_output"} or message.get("recipient") in _SHOWN_CALLS:
            if words := _words(content):
                language = content.get("language") if kind == "code" else ""
                named = {"unknown": "python"}.get(str(language), str(language or ""))
                yield from _texts(_fenced(words, named if kind == "code" else ""))
            return
        parts = content.get("parts")
        if not isinstance(parts, list):
            yield from _texts(_clean(content.get("text") or content.get("result")))
            return
        for part in parts:
            if isinstance(part, str):
                yield from _texts(_clean(part))
            elif isinstance(part, dict):
                yield from self._part(part)

    def _part(self, part: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        kind = part.get("content_type")
        if kind == "image_asset_pointer" or (kind is None and "asset_pointer" in part):
            yield self._image(str(part.get("asset_pointer")))
        elif kind == "audio_transcription" or isinstance(part.get("text"), str):
            yield from _texts(_clean(part.get("text")))
        elif kind in {"audio_asset_pointer", "real_time_user_audio_video_asset_pointer"}:
            self._skipped["sound and video of spoken messages"] += 1
        else:
            self._skipped["parts of an unknown kind"] += 1

    def _image(self, pointer: str) -> dict[str, Any]:
        found = _POINTER.match(pointer)
        file = self._file(found[1], None, purpose="vision", picture=True) if found else None
        if file is None:
            name = found[1] if found else pointer[:80]
            self._report.note(self._place, f"The picture {name} is not beside the chats, or is none that models take.")
            return _text(f"[A picture that is not here: {name}]")
        return {"type": "image_file", "image_file": {"file_id": file, "detail": "auto"}}

    def _attachments(self, message: Mapping[str, Any], content: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        given = _of(message, "metadata").get("attachments")
        shown = {part["image_file"]["file_id"] for part in content if part["type"] == "image_file"}
        for each in given if isinstance(given, list) else ():
            if not isinstance(each, dict) or not isinstance(file_id := each.get("id"), str) or file_id in shown:
                continue
            name = each.get("name")
            if str(each.get("mime_type") or each.get("mimeType")).startswith("image/"):
                continue  # it is in the content, or a note there says that it is not here
            kept = self._file(file_id, name if isinstance(name, str) else None, purpose="assistants", picture=False)
            if kept is None:
                self._report.note(self._place, f"The file {name or file_id} is not beside the chats.")
                content.append(_text(f"[A file that is not here: {_clean(name) or file_id}]"))
                continue
            self._searched.append(kept)
            yield {"file_id": kept, "tools": [{"type": "file_search"}]}

    def _file(self, file_id: str, name: str | None, *, purpose: str, picture: bool) -> str | None:
        stored = self._source.file(file_id)
        if stored is None or not stored.size or (picture and not _is_picture(stored)):
            return None
        self._files.setdefault(
            file_id,
            {
                "id": file_id,
                "object": "file",
                "bytes": stored.size,
                "created_at": _seconds(self._chat.get("create_time")) or 0,
                "filename": _clean(name) or stored.name.rsplit("/", 1)[-1],
                "purpose": purpose,
                "status": "processed",
            },
        )
        return file_id

    def _vector_store(self, created: int) -> list[dict[str, Any]]:
        """A vector store with the chat's files, so that runs of its thread find them."""
        if not self._searched:
            return []
        store = {"id": f"vs_{_plain(self._chat_id)}", "object": "vector_store", "created_at": created}
        files = dict.fromkeys(self._searched)
        shared = {"object": "vector_store.file", "created_at": created, "vector_store_id": store["id"]}
        return [store, *({"id": file_id, **shared} for file_id in files)]


def _newest_leaf(mapping: Mapping[str, Any]) -> str | None:
    """The newest message without children, for chats that do not say which branch is shown."""
    leaves = [key for key, node in mapping.items() if isinstance(node, dict) and not node.get("children")]
    if not leaves:
        raise RecordError("The chat has no last message.") if mapping else RecordError("The chat has no messages.")
    return max(leaves, key=lambda key: _seconds(_of(mapping[key], "message").get("create_time")) or 0)


def _has_words(node: Any) -> bool:
    return isinstance(node, dict) and bool(_words(_of(_of(node, "message"), "content")))


def _words(content: Mapping[str, Any]) -> str:
    parts = content.get("parts")
    texts = [part for part in parts if isinstance(part, str)] if isinstance(parts, list) else []
    return _clean(content.get("text")) or "\n".join(filter(None, map(_clean, texts)))


def _of(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _clean(text: Any) -> str:
    if not isinstance(text, str):
        return ""
    plain = _MARK.sub("", text).replace("\0", "").encode("utf-8", "replace").decode()
    return plain if plain.strip() else ""


def _text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": {"value": value, "annotations": []}}


def _texts(value: str) -> Iterator[dict[str, Any]]:
    """A text in parts that the API takes."""
    for start in range(0, len(value), MAX_TEXT):
        yield _text(value[start : start + MAX_TEXT])


def _fenced(code: str, language: str) -> str:
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}{language}\n{code.rstrip()}\n{fence}"


def _plain(id_: str) -> str:
    """An id's letters and digits; a hash of an id that holds anything else than these and dashes."""
    letters = id_.replace("-", "")
    usable = letters.isascii() and letters.isalnum() and len(letters) <= 64
    return letters if usable else hashlib.sha256(id_.encode("utf-8", "replace")).hexdigest()[:32]


def _seconds(value: Any) -> int | None:
    return (
        int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1 << 40 else None
    )


def _is_picture(stored: StoredFile) -> bool:
    if stored.size > MAX_IMAGE:
        return False
    with stored.open() as opened:
        return image_kind(opened.read(SIGNATURE)) is not None
