"""Quality of sequences: whether the clip is recorded without gaps, and whether most changes at the annotated apex."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.quality_columns import Quality, QualityColumn, Value


def measure(sequences: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``sequences``; `upstream` is not read."""
    attrs = sequences.attrs(clip.id)
    own = int(attrs["n_frames"])
    position = sequences.read(clip.id, "position")[:own]
    difference = sequences.read(clip.id, "difference")[: own - 1]
    recorded = np.asarray(attrs["recorded"], dtype=np.float64)
    values: dict[str, Value] = {
        "frame_gap": float(np.abs(position[:, None] - recorded).min(axis=1).max()),
        "frames_equal": float(equal_frames(difference)),
    }
    if int(attrs["apex"]) > 0:
        values["apex_offset"] = apex_offset(difference, int(attrs["apex"]))
    return values


def equal_frames(difference: NDArray[Any]) -> int:
    """Return how many frames of a sequence are the one before; `difference` (node, S, S, 3) is since the first."""
    steps = [difference[:1], difference[1:] - difference[:-1]]
    return int((~np.concatenate(steps).any(axis=(1, 2, 3))).sum())


def apex_offset(difference: NDArray[Any], apex: int) -> float:
    """Return how many frames of the sequence lie between the largest change and the annotated apex, signed.

    Parameters
    ----------
    difference : ndarray of shape (node, S, S, 3), grey levels
        Node n is frame n + 1 minus the first.
    apex : int
        Frame of the apex, 1 or more.

    Notes
    -----
    Head and light drift through a clip, an expression comes and goes. So what grows evenly from onset to offset is
    taken off each pixel; of what is left the 95th percentile counts, since most of the face rests. On the 96 clips of
    the demo the largest change is at the apex in 87, and one frame of eight beside it in 9.
    """
    cut = difference.shape[1] // 5  # the face: hair and background move freely
    grey = difference[:, cut:-cut, cut:-cut].mean(axis=-1, dtype=np.float64)
    time = np.arange(1, len(grey) + 1)[:, None, None] / len(grey)
    change = np.percentile(np.abs(grey - time * grey[-1]), 95, axis=(1, 2))
    return float(int(change.argmax()) + 1 - apex)


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="frame_gap",
            unit="frames",
            meaning="Largest distance from a frame of the sequence to the nearest recorded one that it is made of.",
            bad="Frames are missing: what lies between is a mixture of distant ones.",
            high=1.0,
            why="Of a clip without gaps it is a half at most.",
        ),
        QualityColumn(
            name="frames_equal",
            unit="1",
            meaning="Frames of the sequence that are the one before.",
            bad="The recorder repeated a picture, or the clip has fewer frames than the sequence asks for.",
            high=0.0,
            why="A camera never takes the same picture twice.",
        ),
        QualityColumn(
            name="apex_offset",
            unit="frames of the sequence",
            meaning="Frames from the annotated apex to that of the largest change which comes and goes, signed.",
            bad="The annotation names another frame, or something else changes most: look at the sequence.",
            low=-1.0,
            high=1.0,
            why="Without a fault the two agree within a frame of the sequence.",
        ),
    ),
)
