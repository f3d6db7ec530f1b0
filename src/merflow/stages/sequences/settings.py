"""The settings of sequences that change their result; each is a key of config.yaml."""

from dataclasses import dataclass, field
from typing import Literal

from merflow.checks import check_choice, check_setting
from merflow.stages.flow.dense_flow import DenseFlowSettings
from merflow.stages.recorded import RecordedFrames

INTERPOLATIONS = ("linear", "nearest", "tim")
"""Names of the interpolations; ``merflow.stages.sequences.interpolation`` holds the functions (a test compares)."""


@dataclass(frozen=True, slots=True)
class SequenceSettings:
    """What decides the content of a ``sequences`` shard.

    Parameters
    ----------
    length : int
        Frames of every sequence, onset included.
    size_px : int
        Side of the square aligned frames, px.
    max_fps : float
        Frames a second above which a recording is thinned before anything else; onset, apex and offset stay. 0 keeps
        every frame.
    interpolation : {"linear", "nearest", "tim"}
        Value between two frames: weighted mean of the two, the nearer one, or the temporal interpolation model of a
        path graph over all frames of the clip (Zhou et al. 2011).
    short_clips : {"stretch", "pad"}
        A clip of fewer frames than `length` is interpolated to it, or keeps its own and repeats the last one, which
        networks then do not look at.
    head_motion : {"none", "robust_affine"}
        Motion of the head since the onset that is removed from each frame before differences are made.
    flow : DenseFlowSettings
        Optical flow that the motion of the head is estimated from.

    Raises
    ------
    ConfigError
        When a word is unknown or a value outside its range.
    """

    length: int = 16
    size_px: int = 224
    max_fps: float = 30.0
    interpolation: Literal["linear", "nearest", "tim"] = "linear"
    short_clips: Literal["stretch", "pad"] = "stretch"
    head_motion: Literal["none", "robust_affine"] = "none"
    flow: DenseFlowSettings = field(default_factory=DenseFlowSettings)

    def __post_init__(self) -> None:
        check_choice(self.interpolation, "sequences.interpolation", INTERPOLATIONS)
        check_choice(self.short_clips, "sequences.short_clips", ("stretch", "pad"))
        check_choice(self.head_motion, "sequences.head_motion", ("none", "robust_affine"))
        check_setting(3 <= self.length <= 512, "sequences.length", expected="3 to 512 frames", found=self.length)
        check_setting(16 <= self.size_px <= 1024, "sequences.size_px", expected="16 to 1024 px", found=self.size_px)
        check_setting(
            self.max_fps >= 0, "sequences.max_fps", expected="a frame rate, or 0 for all frames", found=self.max_fps
        )

    def without_effect(self, _upstream: str) -> dict[str, str]:
        """Return each setting that these settings do not read, and what it belongs to."""
        return {"flow": "head_motion robust_affine"} if self.head_motion == "none" else {}


def frames_read(_: SequenceSettings) -> RecordedFrames:
    """Return the recorded frames that every variant reads: those from onset to offset, in colour."""
    return RecordedFrames(("all",), depth=False)
