"""Problems to their solutions, step by step, with sympy."""
