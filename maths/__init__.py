"""The offline model's mathematics: reads what a student wrote, solves it with sympy and words the steps.

It runs in a worker process. What a student writes is read by `lexer` and `parser` alone; no string ever reaches
sympy's own `sympify` or `parse_expr`, which execute what they are given.
"""
