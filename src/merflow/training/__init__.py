"""From examples to predictions: folds, the training loop, and one fold as a whole."""
