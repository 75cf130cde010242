"""What is found out of a quiz before it is shown."""
