"""Quality of HOOF: whether every block moves that can, and whether the blocks move in different directions."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Shard
from merflow.datasets.clip import Clip
from merflow.quality_columns import Quality, QualityColumn, Value


def measure(hoof: Shard, clip: Clip, upstream: Mapping[str, Shard]) -> dict[str, Value]:
    """Return the columns of `QUALITY` of one clip of an open shard of kind ``hoof``.

    Pairs with a frame that pads the sequence are left out, as far as the sequences are at hand: nothing moves there.
    """
    histogram, pairs = hoof.read(clip.id, "histogram"), hoof.read(clip.id, "pairs")
    sequences = upstream.get("sequences")
    if sequences is not None and clip.id in sequences and len(histogram) == len(pairs):
        histogram = histogram[pairs[:, 1] < int(sequences.attrs(clip.id)["n_frames"])]
    return of_histograms(histogram)


def of_histograms(histogram: NDArray[Any]) -> dict[str, Value]:
    """Measure histograms of shape (pairs, blocks, blocks, bins)."""
    blocks = histogram.reshape(len(histogram), -1, histogram.shape[-1])
    moves = np.asarray(blocks.any(axis=-1))
    ever = np.asarray(moves.any(axis=0))
    if not ever.any():
        return {"hoof_still": 1.0}
    directions = blocks[:, ever].mean(axis=0).argmax(axis=-1)
    return {
        "hoof_still": float(1 - moves[:, ever].mean()),
        "hoof_one_way": float(np.bincount(directions).max() / len(directions)),
    }


QUALITY = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="hoof_still",
            unit="1",
            meaning="Share of the histograms without any motion, of the blocks that move in some pair of frames.",
            bad="A frame is the one before, or all are one: the recorder repeated a picture.",
            high=0.0,
            why="Between two recorded frames noise alone moves some pixels of each block.",
        ),
        QualityColumn(
            name="hoof_one_way",
            unit="1",
            meaning="Share of the blocks that move whose largest bin, over all pairs of frames, is the same one.",
            bad="All blocks move in one direction: motion of the head is left.",
            outlier="high",
            least_spread=0.05,
            why="It depends on the number of bins: with 30 of them clips without fault have 0.1 to 0.4.",
        ),
    ),
)
