"""Decides which choice of a quiz question is right, and finds flaws in a question's form."""
