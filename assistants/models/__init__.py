"""The models behind the server: one protocol (`model_protocol`), and one way to each model.

Providers are reached through the Responses API (`responses_*`) or Chat Completions (`chat_*`); `offline` needs none.
"""
