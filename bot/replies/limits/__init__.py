"""Discord's rate limits: of routes, of the whole bot, and how several processes of one bot share that."""
