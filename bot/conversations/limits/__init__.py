"""What students and servers may ask for and use: questions at a time, tokens a day, and how many are on their way."""
