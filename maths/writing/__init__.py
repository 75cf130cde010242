"""Terms and values as LaTeX."""
