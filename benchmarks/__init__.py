"""What `make bench` measures: each module has `main() -> str`, a table in Markdown, measured in one run."""
