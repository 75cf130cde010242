"""The arguments of function calls as models write them, read into values.

All functions' arguments are read here, by `reader.read_arguments`, and nowhere else. What is stored and sent over the
wire stays as the model wrote it.
"""
