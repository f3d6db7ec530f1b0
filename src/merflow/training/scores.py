"""Scores: the meaning of the numbers in a row of ``predictions.csv``, by model."""

DISTANCES = ("flow_svm", "histogram_svm", "landmark_svm")
"""Models whose scores are distances to a boundary: any number, and none for a class that their training fold lacks."""


def gives_shares(model: str) -> bool:
    """Return whether the scores of a clip are shares of 1: those of networks (softmax) and of the majority class."""
    return model not in DISTANCES


PROBABLE = 0.5
"""Probability above which a label is predicted that is told by itself."""


def threshold(model: str) -> float:
    """Return the score above which a label is predicted that is told by itself: one half, or the boundary."""
    return PROBABLE if gives_shares(model) else 0.0
