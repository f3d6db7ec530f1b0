"""Examples of magnified frames: the magnified apex frame."""

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.stages.examples import Choice, Features


def frame_features(_choice: Choice) -> Features:
    """Return how examples are read from magnified frames."""

    def read(shard: Shard, clip: str) -> NDArray[np.uint8]:
        apex = shard.attrs(clip)["roles"].index("apex")
        frame: NDArray[np.uint8] = shard.read(clip, "magnified_color")[apex]
        return frame

    return Features("magnified", ("clip", "aligned_y", "aligned_x", "rgb"), read)
