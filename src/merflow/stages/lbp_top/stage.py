"""LBP-TOP of one subject, from its sequences."""

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.checks import check_setting
from merflow.imaging.luma import luma
from merflow.stages.lbp_top.histograms import lbp_top
from merflow.stages.lbp_top.settings import LbpTopSettings
from merflow.stages.sequences.frames import sequence_frames

STAGE = "lbp_top"


def make_lbp_top(
    sequences: Shard, settings: LbpTopSettings, *, shard: ShardWriter, on_bad_clip: OnBadClip = "exclude"
) -> None:
    """Write the lbp_top shard of one subject.

    Parameters
    ----------
    sequences : Shard
        Open shard of kind ``sequences``. A clip that it lacks was excluded there, and is absent here.
    settings : LbpTopSettings
    shard : ShardWriter
        Open shard of kind ``lbp_top``.
    on_bad_clip : {"exclude", "fail"}
        A clip that was padded and has fewer frames of its own than the rings becomes a row of the shard's exclusions,
        or stops the run.

    Raises
    ------
    ConfigError
        When no clip can have enough frames, or a block is too small.
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """

    def compute(clip: str) -> ClipData:
        frames = grey_frames(sequences, clip)
        _check_length(frames, settings)
        own = frames[: int(sequences.attrs(clip)["n_frames"])]
        attrs = {"n_frames": len(own), "notes": sequences.attrs(clip)["notes"]}
        return {"histogram": lbp_top(own, settings)}, attrs

    add_clips_of([sequences], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def grey_frames(sequences: Shard, clip: str) -> NDArray[np.uint8]:
    """Return the frames (L, S, S) of a clip in whole grey levels, as grey pictures have them."""
    frames = sequence_frames(sequences.read(clip, "onset_color"), sequences.read(clip, "difference"))
    return np.rint(luma(frames)).astype(np.uint8)


def _check_length(frames: NDArray[np.uint8], settings: LbpTopSettings) -> None:
    """Refuse rings that no clip of these sequences can hold: each would be left out one by one."""
    check_setting(
        2 * settings.radius_t < len(frames),
        "lbp_top.radius_t",
        expected=f"at most {(len(frames) - 1) // 2} with sequences of length: {len(frames)}",
        found=settings.radius_t,
    )
