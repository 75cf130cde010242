"""An Assistants v2 server on any OpenAI-compatible model; `python -m assistants` runs it alone."""
