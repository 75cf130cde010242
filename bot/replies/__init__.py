"""From the model's text to Discord messages."""
