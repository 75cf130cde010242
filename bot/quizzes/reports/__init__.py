"""Questions that students reported as wrong, and who looks at them."""
