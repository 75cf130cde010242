"""Moderation: questions and answers looked at by a model made for it, and reports for a server's moderators."""
