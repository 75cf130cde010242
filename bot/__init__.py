"""The tutor itself; the thin Discord wiring is in `cogs`."""
