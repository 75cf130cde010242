"""All tables of the server, imported in one place so that `Base.metadata` is complete, and their migrations."""

from pathlib import Path

from assistants.store.assistants import Assistant
from assistants.store.base import Base
from assistants.store.deleted_objects import DeletedObject
from assistants.store.file_chunks import FileChunk
from assistants.store.files import File
from assistants.store.made_files import MadeFile
from assistants.store.messages import Message
from assistants.store.run_steps import RunStep
from assistants.store.runs import Run
from assistants.store.threads import Thread
from assistants.store.vector_stores import FileBatch, RemovedFile, VectorStore, VectorStoreFile
from database.migrations import Migrations

__all__ = [
    "MIGRATIONS",
    "Assistant",
    "Base",
    "DeletedObject",
    "File",
    "FileBatch",
    "FileChunk",
    "MadeFile",
    "Message",
    "RemovedFile",
    "Run",
    "RunStep",
    "Thread",
    "VectorStore",
    "VectorStoreFile",
]

MIGRATIONS = Migrations(Path(__file__).with_name("migrations"), "assistants_version", 7362351)
