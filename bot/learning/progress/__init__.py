"""Progress: what a student got right by topic, what grows, what fades, what is due; and its deletion."""
