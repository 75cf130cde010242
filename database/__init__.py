"""How server and bot open a database: SQLite on the event loop's thread, or PostgreSQL; and its migrations."""
