"""Examples of flow images: the picture itself."""

from merflow.stages.examples import Choice, Features


def picture_features(_choice: Choice) -> Features:
    """Return how examples are read from flow images."""
    return Features("flow_images", ("clip", "image_y", "image_x", "uvs"), lambda shard, clip: shard.read(clip, "image"))
