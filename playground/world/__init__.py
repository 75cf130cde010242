"""The state of the playground: users, guilds, channels, messages, permissions. It knows no HTTP and no websocket."""
