"""Files and vector stores: uploads, their text in passages, and the search that finds these."""
