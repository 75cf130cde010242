"""The server's schema and its migrations."""

from pathlib import Path

from database.migrations import Migrations

MIGRATIONS = Migrations(Path(__file__).with_name("migrations"), "assistants_version", 7362351)
