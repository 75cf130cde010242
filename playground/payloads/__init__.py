"""The World as the JSON objects of Discord's API. Ids are strings there."""
