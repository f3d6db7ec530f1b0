"""Flow methods of OpenCV: its TV-L1, which ours is compared with, and dense inverse search."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_setting
from merflow.stages.flow.grey import Flow, Grey


@dataclass(frozen=True, slots=True)
class OpenCvTvL1Settings:
    """Parameters of OpenCV's TV-L1 (Zach, Pock and Bischof 2007; Sanchez, Meinhardt-Llopis and Facciolo 2013).

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
            check_setting(value > 0, f"flow.tvl1_opencv.{name}", expected="a number above 0", found=value)
        for name in ("scales", "warps", "inner_iterations", "outer_iterations"):
            value = getattr(self, name)
            check_setting(value >= 1, f"flow.tvl1_opencv.{name}", expected="1 or more", found=value)
        median, step = self.median_filter, self.scale_step
        check_setting(0 < step < 1, "flow.tvl1_opencv.scale_step", expected="a fraction between 0 and 1", found=step)
        check_setting(median in (1, 3, 5), "flow.tvl1_opencv.median_filter", expected="1, 3 or 5", found=median)
        check_setting(self.gamma >= 0, "flow.tvl1_opencv.gamma", expected="0 or more", found=self.gamma)


def opencv_tvl1_flow(first: Grey, second: Grey, settings: OpenCvTvL1Settings) -> Flow:
    """TV-L1 of OpenCV contrib, from the first picture to the second."""
    import cv2

    p = settings
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
    return _channels_first(method.calc(first, second, None))


def dis_flow(first: Grey, second: Grey) -> Flow:
    """Dense inverse search (Kroeger et al. 2016), OpenCV's medium preset."""
    import cv2

    method = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)  # type: ignore[attr-defined]
    pair = [np.rint(np.clip(grey, 0, 1) * 255).astype(np.uint8) for grey in (first, second)]
    return _channels_first(method.calc(pair[0], pair[1], None))


def _channels_first(flow: NDArray[np.floating]) -> Flow:
    return np.ascontiguousarray(np.moveaxis(flow, -1, 0), dtype=np.float32)
