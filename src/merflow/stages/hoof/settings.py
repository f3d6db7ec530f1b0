"""The settings of HOOF that change its result; each is a key of config.yaml."""

from dataclasses import dataclass, field
from typing import Literal

from merflow.checks import check_choice, check_setting
from merflow.stages.flow.optical_flow import FLOW_METHODS
from merflow.stages.flow.tvl1.settings import TvL1Settings


@dataclass(frozen=True, slots=True)
class HoofSettings:
    """What decides the content of a ``hoof`` shard.

    Parameters
    ----------
    pairs : {"apex", "onset", "successive"}
        Frames of the sequence that flow is measured between: onset and apex, onset and each later frame, or each frame
        and the next.
    time : {"each", "mean"}
        Histograms of each pair of frames, or their mean over the pairs.
    bins : int
        Directions that are told apart.
    symmetric : bool
        Whether motion to the left counts as the same motion to the right.
    weighting : {"magnitude", "count"}
        What a pixel adds to its bin: the length of its motion, or one.
    blocks : int
        Parts along each side of the face, each with its own histogram.
    normalise : {"block", "face", "none"}
        Each histogram sums to one, or all of a pair of frames together do, or none does.
    method : {"tvl1", "tvl1_opencv", "dis"}
        Optical flow, as in the stage ``flow``.
    normalise_sd_px : float
        Width (standard deviation, px of the sequence) of the neighbourhood for local normalisation before the flow; 0
        leaves it out.
    head_motion : {"robust_affine", "stable_points", "none"}
        Estimate of the head's motion, which is subtracted from each flow.
    face_only : bool
        Whether pixels outside the face count as still: they do not move with the head, whose motion is subtracted.
    tvl1 : TvL1Settings
        Parameters of the method ``tvl1``.

    Raises
    ------
    ConfigError
        When a word is unknown or a value outside its range.
    """

    pairs: Literal["apex", "onset", "successive"] = "apex"
    time: Literal["each", "mean"] = "each"
    bins: int = 30
    symmetric: bool = True
    weighting: Literal["magnitude", "count"] = "magnitude"
    blocks: int = 5
    normalise: Literal["block", "face", "none"] = "block"
    method: Literal["tvl1", "tvl1_opencv", "dis"] = "tvl1"
    normalise_sd_px: float = 3.0
    head_motion: Literal["robust_affine", "stable_points", "none"] = "robust_affine"
    face_only: bool = True
    tvl1: TvL1Settings = field(default_factory=TvL1Settings)

    def __post_init__(self) -> None:
        check_choice(self.pairs, "hoof.pairs", ("apex", "onset", "successive"))
        check_choice(self.time, "hoof.time", ("each", "mean"))
        check_choice(self.weighting, "hoof.weighting", ("magnitude", "count"))
        check_choice(self.normalise, "hoof.normalise", ("block", "face", "none"))
        check_choice(self.method, "hoof.method", FLOW_METHODS)
        check_choice(self.head_motion, "hoof.head_motion", ("robust_affine", "stable_points", "none"))
        width = self.normalise_sd_px
        check_setting(width >= 0, "hoof.normalise_sd_px", expected="0 px (off) or more", found=width)
        check_setting(2 <= self.bins <= 360, "hoof.bins", expected="2 to 360 directions", found=self.bins)
        check_setting(1 <= self.blocks <= 32, "hoof.blocks", expected="1 to 32 a side", found=self.blocks)

    def without_effect(self, _upstream: str) -> dict[str, str]:
        """Return each setting that these settings do not read, and what it belongs to."""
        return {} if self.method == "tvl1" else {"tvl1": "method tvl1"}
