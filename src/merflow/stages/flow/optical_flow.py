"""Optical flow between two aligned face crops: one interface, several methods.

A method takes two grey pictures and returns where each pixel of the first went. A new kernel is one function, one entry
of ``FLOW_METHODS``, and its name in ``FlowSettings``. Both pictures are normalised locally before any method.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_choice, check_setting
from merflow.stages.flow.grey import Flow, Grey, normalise_locally, to_grey
from merflow.stages.flow.head_motion import HEAD_MOTION_METHODS
from merflow.stages.flow.opencv_methods import OpenCvTvL1Settings, dis_flow, opencv_tvl1_flow
from merflow.stages.flow.tvl1.method import tvl1_flow
from merflow.stages.flow.tvl1.settings import TvL1Settings


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """What decides the content of a ``flow`` shard.

    Parameters
    ----------
    method : {"tvl1", "tvl1_opencv", "dis"}
        Optical flow: TV-L1 of merflow, TV-L1 of OpenCV (some 40 times as slow, a little more error), or dense inverse
        search of OpenCV (as fast as the first, half as much error again).
    head_motion : {"robust_affine", "stable_points", "keypoints", "none"}
        Estimate of the head's motion, which is subtracted from the flow. ``keypoints`` is as the paper prints it.
    normalise_sd_px : float
        Width (standard deviation, aligned px) of the neighbourhood for local normalisation; 0 leaves it out.
    tvl1 : TvL1Settings
        Parameters of the method ``tvl1``.
    tvl1_opencv : OpenCvTvL1Settings
        Parameters of the method ``tvl1_opencv``. The method ``dis`` has none.

    Raises
    ------
    ConfigError
        When a method is unknown or a value outside its range.
    """

    method: Literal["tvl1", "tvl1_opencv", "dis"] = "tvl1"
    head_motion: Literal["robust_affine", "stable_points", "keypoints", "none"] = "robust_affine"
    normalise_sd_px: float = 3.0
    tvl1: TvL1Settings = field(default_factory=TvL1Settings)
    tvl1_opencv: OpenCvTvL1Settings = field(default_factory=OpenCvTvL1Settings)

    def __post_init__(self) -> None:
        check_choice(self.method, "flow.method", FLOW_METHODS)
        check_choice(self.head_motion, "flow.head_motion", HEAD_MOTION_METHODS)
        width = self.normalise_sd_px
        check_setting(width >= 0, "flow.normalise_sd_px", expected="0 px (off) or more", found=width)

    def without_effect(self, _upstream: str) -> dict[str, str]:
        """Return each setting that these settings do not read, and what it belongs to."""
        return {method: f"method {method}" for method in ("tvl1", "tvl1_opencv") if method != self.method}


def estimate_flow(onset: NDArray[np.uint8], apex: NDArray[np.uint8], settings: FlowSettings) -> Flow:
    """Flow from one RGB picture to another by the configured method.

    Parameters
    ----------
    onset, apex : ndarray of shape (H, W, 3), uint8, RGB
        Two pictures of one size.
    settings : FlowSettings

    Returns
    -------
    ndarray of shape (2, H, W), float32
        u (right) and v (down) in px, from onset to apex, on the onset's grid.

    Raises
    ------
    ValueError
        When the pictures differ in shape.

    Examples
    --------
    A picture whose content moves 2 px to the right and 1 px up has u = 2 and v = -1.
    """
    if onset.shape != apex.shape:
        raise ValueError(f"expected two pictures of one shape, found {onset.shape} and {apex.shape}")
    pair = [to_grey(image) for image in (onset, apex)]
    if settings.normalise_sd_px > 0:
        pair = [normalise_locally(grey, settings.normalise_sd_px) for grey in pair]
    flow = FLOW_METHODS[settings.method](pair[0], pair[1], settings)
    return np.ascontiguousarray(flow, dtype=np.float32)


FLOW_METHODS: Mapping[str, Callable[[Grey, Grey, FlowSettings], Flow]] = {
    "tvl1": lambda first, second, settings: tvl1_flow(first, second, settings.tvl1),
    "tvl1_opencv": lambda first, second, settings: opencv_tvl1_flow(first, second, settings.tvl1_opencv),
    "dis": lambda first, second, _: dis_flow(first, second),
}
"""Flow methods by their name in config.yaml."""
