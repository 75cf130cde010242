"""What an answer holds besides its words: citations of files, and pictures and files that code has made."""
