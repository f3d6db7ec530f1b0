"""Optical flow of an aligned face: the default against OpenCV's parameters and against the faster method."""

from collections.abc import Iterator

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from benchmarks.timing import Case
from merflow.stages.flow.optical_flow import FlowSettings, TvL1Settings, estimate_flow

SIDE = 256


def motion_cases() -> Iterator[Case]:
    """Yield the comparisons on a textured picture that moves by about a pixel; OpenCV runs on one thread."""
    import cv2

    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    picture = gaussian_filter(rng.normal(size=(SIDE, SIDE)), 1.5)
    onset = np.clip(128 + 300 * picture, 0, 255)
    y, x = np.mgrid[:SIDE, :SIDE].astype(float)
    apex = map_coordinates(onset, [y - np.sin(x / 40), x - np.cos(y / 40)], order=3, mode="nearest")
    frames = [np.repeat(np.rint(one)[..., None], 3, axis=2).astype(np.uint8) for one in (onset, apex)]
    opencv = TvL1Settings(
        data_weight=0.15, theta=0.3, warps=5, epsilon=0.01, outer_iterations=10
    )  # the defaults of OpenCV contrib: the same error on the demo
    yield Case(
        "TV-L1 of a 256 px face (default)",
        "OpenCV's own parameters: equal error",
        lambda: estimate_flow(*frames, FlowSettings(method="tvl1")),
        lambda: estimate_flow(*frames, FlowSettings(method="tvl1", tvl1=opencv)),
    )
    yield Case(
        "TV-L1 of a 256 px face (default)",
        "DIS medium: less exact",
        lambda: estimate_flow(*frames, FlowSettings(method="tvl1")),
        lambda: estimate_flow(*frames, FlowSettings(method="dis")),
    )
