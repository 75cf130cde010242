"""Databases, as server and bot both open them: SQLite on the event loop's thread, or PostgreSQL; migrations."""
