"""REST v10: Discord's HTTP API.

https://discord.com/developers/docs/reference
"""
