"""Where the bytes of files are kept: a folder, the database, or an S3-compatible store."""
