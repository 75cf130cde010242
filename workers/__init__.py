"""A small pool of worker processes for work that is heavy, or that hostile input could hurt."""
