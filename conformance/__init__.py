"""How well a server speaks the Assistants v2 API: the contract, recorded streams, and checks that any server can be put
to."""
