"""The gateway: Discord's events over a websocket.

https://discord.com/developers/docs/events/gateway
"""
