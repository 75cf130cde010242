"""Discord's side of asking the tutor."""
