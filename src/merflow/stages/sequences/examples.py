"""Examples of sequences: all frames of a clip, and where its apex is among them."""

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.artefacts.examples import APEX_AND_LENGTH
from merflow.stages.examples import Choice, Features
from merflow.stages.sequences.frames import sequence_frames


def sequence_features(_choice: Choice) -> Features:
    """Return how examples are read from sequences."""

    def read(shard: Shard, clip: str) -> NDArray[np.uint8]:
        return sequence_frames(shard.read(clip, "onset_color"), shard.read(clip, "difference"))

    def read_apex_and_length(shard: Shard, clip: str) -> NDArray[np.int64]:
        attrs = shard.attrs(clip)
        return np.array([attrs[name] for name in APEX_AND_LENGTH], dtype=np.int64)

    dims = ("clip", "frame", "aligned_y", "aligned_x", "rgb")
    return Features("sequences", dims, read, read_apex_and_length=read_apex_and_length, lazy=True)
