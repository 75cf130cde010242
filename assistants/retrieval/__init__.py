"""From files to passages: extraction, chunks, and the index that finds them."""
