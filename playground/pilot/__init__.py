"""The pilot: a student that tests steer."""
