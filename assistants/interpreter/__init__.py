"""The tool `code_interpreter`: Python that models write runs in a Jupyter kernel in the sandbox, one a thread."""
