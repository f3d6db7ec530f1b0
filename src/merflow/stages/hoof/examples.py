"""Examples of HOOF: all histograms of a clip in one row."""

from merflow.stages.examples import Choice, Features


def histogram_features(_choice: Choice) -> Features:
    """Return how examples are read from HOOF: pair by pair, each with its blocks."""
    return Features("hoof", ("clip", "feature"), lambda shard, clip: shard.read(clip, "histogram").ravel())
