"""The offline model: no key, no network, a little mathematics; for trying Saem out and for tests."""

from assistants.models.offline.offline_model import MODEL, OfflineModel

__all__ = ["MODEL", "OfflineModel"]
