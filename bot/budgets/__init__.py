"""What is spent, as people see it: budgets that managers set, use as a picture and in words, and notices."""
