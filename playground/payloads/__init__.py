"""The World as Discord's JSON objects. Ids are strings on the wire."""
