"""The state of the playground: people, places, messages, and what may be done to them. Knows no HTTP."""
