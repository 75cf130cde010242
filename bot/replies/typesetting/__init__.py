"""Formulas: LaTeX read into a tree, written as Unicode or MathML."""
