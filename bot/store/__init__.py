"""What the bot stores: tables, queries and migrations."""
