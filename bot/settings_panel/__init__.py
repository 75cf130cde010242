"""The settings of a server in Discord: a panel of components, the history of changes, and the greeting."""
