"""How each kind of file is read, in a worker process: from its bytes to sections of text."""
