"""Examples of dynamic images: all views of a clip, and its magnified copy for training."""

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.stages.examples import Choice, Features


def dynamic_image_features(_choice: Choice) -> Features:
    """Return how examples are read from dynamic images."""

    def read(shard: Shard, clip: str) -> NDArray[np.uint8]:
        return shard.read(clip, "image")

    def read_copies(shard: Shard, clip: str) -> NDArray[np.uint8]:
        if not shard.has(clip, "magnified"):
            return read(shard, clip)[None][:0]
        return shard.read(clip, "magnified")[None]

    return Features("dynamic_images", ("clip", "view", "view_y", "view_x", "domain"), read, read_copies)
