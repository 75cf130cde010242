"""Programs that `make` runs; `venv` needs only the standard library, as it makes the environment."""
