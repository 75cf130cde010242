"""Requests to Discord: its time, and what becomes of requests that fail."""
