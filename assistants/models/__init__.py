"""The models behind the server: one protocol (`base`), one module for each way of reaching a model."""
