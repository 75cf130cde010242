"""Topics: what students and models call them, folded together by a table of school topics."""
