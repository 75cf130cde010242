"""Files that people drop: from the Discord message to the vector store."""
