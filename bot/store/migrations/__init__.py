"""The schema's numbered steps; `database.migrations` runs them."""
