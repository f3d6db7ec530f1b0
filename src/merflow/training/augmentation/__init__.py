"""Altered examples for training: made again in each epoch."""
