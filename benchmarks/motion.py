"""Optical flow of an aligned face: the default against OpenCV's methods."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from benchmarks.timing import Case
from merflow.stages.flow.opencv_methods import OpenCvTvL1Settings
from merflow.stages.flow.optical_flow import FlowSettings, estimate_flow

SIDE = 256

OPENCV_DEFAULTS = OpenCvTvL1Settings(data_weight=0.15, theta=0.3, warps=5, epsilon=0.01, outer_iterations=10)
"""Parameters that OpenCV contrib has by default, where they differ from those chosen for this work."""


def motion_cases() -> Iterator[Case]:
    """Yield the comparisons on a textured picture that moves by about a pixel; OpenCV runs on one thread."""
    import cv2

    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    picture = gaussian_filter(rng.normal(size=(SIDE, SIDE)), 1.5)
    onset = np.clip(128 + 300 * picture, 0, 255)
    y, x = np.mgrid[:SIDE, :SIDE].astype(float)
    apex = map_coordinates(onset, [y - np.sin(x / 40), x - np.cos(y / 40)], order=3, mode="nearest")
    first, last = (np.repeat(np.rint(one)[..., None], 3, axis=2).astype(np.uint8) for one in (onset, apex))
    opencv = FlowSettings(method="tvl1_opencv")
    others = {
        "OpenCV's TV-L1, our parameters for it": opencv,
        "OpenCV's TV-L1, its own parameters": replace(opencv, tvl1_opencv=OPENCV_DEFAULTS),
        "DIS medium: less exact": FlowSettings(method="dis"),
    }
    for name, settings in others.items():
        yield Case(
            "TV-L1 of a 256 px face (default)",
            name,
            partial(estimate_flow, first, last, FlowSettings()),
            partial(estimate_flow, first, last, settings),
        )
