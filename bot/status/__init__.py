"""How the bot is: what its processes measure and note of themselves, and what `saem status` and monitors say of it."""
