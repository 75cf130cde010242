"""Interactions: how they are created by the page or a pilot, and how bots respond; commands, which begin them."""
