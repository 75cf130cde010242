"""The formats of pictures that vision models take and Discord shows, told by the first bytes: names may lie."""

PICTURE_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
"""The media types, each with the ending of its file name."""


def picture_type(data: bytes) -> str | None:
    """The media type by the first bytes, for names and declared types may lie; None: models do not take it."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None
