"""Training of the learned magnification on motions of known size."""
