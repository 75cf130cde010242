"""Solutions in words, in English and Korean."""
