"""A server with the Assistants v2 API on any OpenAI-compatible model; `python -m assistants` starts it."""
