"""Examples of magnified frames: the magnified apex frame."""

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.stages.examples import Choice, Features
from merflow.stages.faces.reading import role_index


def frame_features(_choice: Choice) -> Features:
    """Return how examples are read from magnified frames."""

    def read(shard: Shard, clip: str) -> NDArray[np.uint8]:
        frame: NDArray[np.uint8] = shard.read(clip, "magnified_color")[role_index(shard, clip, "apex")]
        return frame

    return Features("magnified", ("clip", "aligned_y", "aligned_x", "rgb"), read)
