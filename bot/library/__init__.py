"""The library: the files that people drop in a Discord server, which Saem answers from.

In this project "the library" is always a server's files as its people see them. The Assistants API calls what holds
them a vector store, and the file on its server a file (see `assistants.retrieval`).
"""
