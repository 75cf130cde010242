"""Explanations of the ideas of school mathematics, up to calculus."""
