"""School mathematics: reads what a student wrote, solves it with sympy, and tells the steps in words.

The rooms from the top: `quizzes` and `steps`, `telling`, `solving`, `writing` (LaTeX), `reading`; each uses only those
below it.

It runs in a worker process. Only `lexer` and `parser` read what a student writes: no string reaches sympy's `sympify`
or `parse_expr`, which execute what they are given.
"""
