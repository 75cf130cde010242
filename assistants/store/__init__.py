"""The server's database: its tables, their queries, and migrations."""
