"""The commands of `saem`: a file for each."""
