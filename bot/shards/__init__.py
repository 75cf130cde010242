"""Which process of the bot has which of Discord's shards."""
