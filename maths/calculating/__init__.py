"""What a model may have computed: the value of an expression, the solution of a problem, the check of a working."""
