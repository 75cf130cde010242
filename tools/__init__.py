"""What `make` runs to set things up; needs nothing but the standard library until the environment stands."""
