"""What the tutor does in Discord: it reads messages, makes threads, shows answers and their buttons, catches up."""
