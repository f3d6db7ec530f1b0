"""Prediction: the final network of an experiment as a file of its own, and what it says of new recordings."""
