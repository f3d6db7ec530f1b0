"""Optical flow between two aligned face crops: one interface, several methods.

A method takes two grey pictures and returns where each pixel of the first went. A new kernel is one function, one entry
of ``FLOW_METHODS``, and its name in ``FlowSettings``.

Before any method, both pictures are normalised locally (R: the paper says nothing). Without this, a
lamp that flickers by 2 % is measured as motion along every shade of the face, which more than doubles TV-L1's error on
the demo.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_choice, check_setting
from merflow.imaging.luma import LUMA_WEIGHTS
from merflow.stages.flow.head_motion import HEAD_MOTION_METHODS

Grey: TypeAlias = NDArray[np.float32]
"""Grey picture of shape (H, W) in [0, 1]."""

Flow: TypeAlias = NDArray[np.float32]
"""Flow of shape (2, H, W), px: u right, v down, first picture to second, on the grid of the first."""

NORMALISED_CONTRAST = 0.15
"""Standard deviation that local normalisation gives each neighbourhood: half of the picture's range within 1.7 sd."""

NOISE_FLOOR = 0.02
"""Grey difference (5 of 255) added to the local deviation, so that sensor noise is not blown up where skin is plain."""


@dataclass(frozen=True, slots=True)
class TvL1Settings:
    """Parameters of TV-L1 (Zach, Pock and Bischof 2007, as implemented in OpenCV contrib).

    Parameters
    ----------
    tau : float
        Step of the dual ascent; 0.25 is the largest that converges surely.
    data_weight : float
        lambda: trust in the grey values against smoothness; smaller is smoother.
    theta : float
        Tightness of the coupling between the two parts of the energy.
    scales, scale_step : int, float
        Levels of the pyramid, and the size of each as a fraction of the next finer one.
    warps : int
        Linearisations a level.
    epsilon : float
        Change at which the iterations of one warp stop.
    inner_iterations, outer_iterations : int
        Iterations between two median filters, and how many such rounds a warp may take.
    gamma : float
        Weight of an additive illumination field; 0 leaves it out.
    median_filter : int
        Side of the median filter on the flow between the rounds, px: 1 (none), 3 or 5.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    tau: float = 0.25
    data_weight: float = 0.1
    theta: float = 0.2
    scales: int = 5
    scale_step: float = 0.8
    warps: int = 3
    epsilon: float = 0.02
    inner_iterations: int = 30
    outer_iterations: int = 3
    gamma: float = 0.0
    median_filter: int = 5

    def __post_init__(self) -> None:
        for name in ("tau", "data_weight", "theta", "epsilon"):
            value = getattr(self, name)
            check_setting(value > 0, f"flow.tvl1.{name}", expected="a number above 0", found=value)
        for name in ("scales", "warps", "inner_iterations", "outer_iterations"):
            value = getattr(self, name)
            check_setting(value >= 1, f"flow.tvl1.{name}", expected="1 or more", found=value)
        median, step = self.median_filter, self.scale_step
        check_setting(0 < step < 1, "flow.tvl1.scale_step", expected="a fraction between 0 and 1", found=step)
        check_setting(median in (1, 3, 5), "flow.tvl1.median_filter", expected="1, 3 or 5", found=median)
        check_setting(self.gamma >= 0, "flow.tvl1.gamma", expected="0 or more", found=self.gamma)


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """What decides the content of a ``flow`` shard.

    Parameters
    ----------
    method : {"tvl1", "dis"}
        Optical flow: TV-L1, or dense inverse search (some 40 times as fast, a third more error).
    head_motion : {"robust_affine", "stable_points", "keypoints", "none"}
        Estimate of the head's motion, which is subtracted from the flow. ``keypoints`` is as the paper prints it.
    normalise_sd_px : float
        Width (standard deviation, aligned px) of the neighbourhood for local normalisation; 0 leaves it out.
    tvl1 : TvL1Settings
        Parameters of the method ``tvl1``; the others have none.

    Raises
    ------
    ConfigError
        When a method is unknown or a value outside its range.
    """

    method: Literal["tvl1", "dis"] = "tvl1"
    head_motion: Literal["robust_affine", "stable_points", "keypoints", "none"] = "robust_affine"
    normalise_sd_px: float = 3.0
    tvl1: TvL1Settings = field(default_factory=TvL1Settings)

    def __post_init__(self) -> None:
        check_choice(self.method, "flow.method", FLOW_METHODS)
        check_choice(self.head_motion, "flow.head_motion", HEAD_MOTION_METHODS)
        width = self.normalise_sd_px
        check_setting(width >= 0, "flow.normalise_sd_px", expected="0 px (off) or more", found=width)


def to_grey(image: NDArray[np.uint8]) -> Grey:
    """Luma of an RGB picture in [0, 1], without rounding back to whole grey levels.

    Parameters
    ----------
    image : ndarray of shape (H, W, 3), uint8, RGB

    Returns
    -------
    ndarray of shape (H, W), float32
        By hand: pure green (0, 255, 0) gives 0.587.
    """
    return np.asarray(image @ (np.array(LUMA_WEIGHTS, dtype=np.float32) / 255), dtype=np.float32)


def normalise_locally(grey: Grey, sd_px: float) -> Grey:
    """Give every neighbourhood the same mean and contrast, which takes slow changes of light off.

    Parameters
    ----------
    grey : ndarray of shape (H, W), float32
        In [0, 1].
    sd_px : float
        Width of the Gaussian neighbourhood, px.

    Returns
    -------
    ndarray of shape (H, W), float32
        0.5 + 0.15 (g - m) / sqrt(v + 0.02^2), m and v the local mean and variance; not clipped. A light that is scaled
        by a factor or shifted by a constant changes it only through the 0.02.
    """
    import cv2

    detail = grey - cv2.GaussianBlur(grey, (0, 0), sd_px)
    variance = cv2.GaussianBlur(detail * detail, (0, 0), sd_px)
    return np.asarray(0.5 + NORMALISED_CONTRAST * detail / np.sqrt(variance + NOISE_FLOOR**2), dtype=np.float32)


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


def tvl1_flow(onset: Grey, apex: Grey, settings: FlowSettings) -> Flow:
    """TV-L1 of OpenCV contrib: total variation keeps the motion piecewise smooth, the L1 data term bears outliers."""
    import cv2

    p = settings.tvl1
    # A new instance for each pair: one holds buffers, so that sharing it between threads would mix pictures.
    method = cv2.optflow.DualTVL1OpticalFlow_create(  # type: ignore[attr-defined]
        tau=p.tau,
        lambda_=p.data_weight,
        theta=p.theta,
        nscales=p.scales,
        warps=p.warps,
        epsilon=p.epsilon,
        innnerIterations=p.inner_iterations,  # OpenCV's own spelling
        outerIterations=p.outer_iterations,
        scaleStep=p.scale_step,
        gamma=p.gamma,
        medianFiltering=p.median_filter,
        useInitialFlow=False,
    )
    return _channels_first(method.calc(onset, apex, None))


def dis_flow(onset: Grey, apex: Grey, settings: FlowSettings) -> Flow:
    """Dense inverse search (Kroeger et al. 2016), OpenCV's medium preset: some 40 times as fast, a third more error."""
    import cv2

    method = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)  # type: ignore[attr-defined]
    first, second = (np.rint(np.clip(grey, 0, 1) * 255).astype(np.uint8) for grey in (onset, apex))
    return _channels_first(method.calc(first, second, None))


def _channels_first(flow: NDArray[np.floating]) -> Flow:
    return np.ascontiguousarray(np.moveaxis(flow, -1, 0), dtype=np.float32)


FLOW_METHODS: Mapping[str, Callable[[Grey, Grey, FlowSettings], Flow]] = {
    "tvl1": tvl1_flow,
    "dis": dis_flow,
}
"""Flow methods by their name in config.yaml."""
