"""The schema's numbered steps; `bot.store.migrate` runs them."""
