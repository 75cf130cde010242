"""Solves problems step by step, with sympy."""
