"""The commands of `saem`."""
