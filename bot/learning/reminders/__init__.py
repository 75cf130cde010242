"""Reminders of due cards by direct message, for students who asked for them: at most one a day."""
