"""REST v10: the World over HTTP.

https://discord.com/developers/docs/reference
"""
