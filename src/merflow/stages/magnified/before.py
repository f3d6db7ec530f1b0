"""The apex before magnification, from the faces that were magnified."""

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.drawing.upstream import Upstream, aligned_face, frame_index
from merflow.stages.magnified.steady import FramePair, steady_frame


def apex_before(shard: Shard, upstream: Upstream, clip: str) -> NDArray[np.uint8] | None:
    """Return the aligned apex before magnification, on the onset's head pose; None when there is no faces shard.

    The motion of the head that was taken off before magnification is taken off here too: what still differs from the
    onset is what was magnified.
    """
    onset, apex = (aligned_face(upstream, clip, role) for role in ("onset", "apex"))
    if onset is None or apex is None:
        return None
    index = frame_index(list(shard.attrs(clip)["roles"]), "apex")
    steady = steady_frame(FramePair(onset, apex, shard.read(clip, "head_motion")[index]))
    return np.rint(np.clip(steady, 0, 255)).astype(np.uint8)
