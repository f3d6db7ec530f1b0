"""Examples of LBP-TOP: all histograms of a clip in one row."""

from merflow.stages.examples import Choice, Features


def histogram_features(_choice: Choice) -> Features:
    """Return how examples are read from LBP-TOP: block by block, each with its planes."""
    return Features("lbp_top", ("clip", "feature"), lambda shard, clip: shard.read(clip, "histogram").ravel())
