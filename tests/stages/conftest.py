"""A face drawn by hand, and a flat RGB-D clip of it that moves in a known way."""

import numpy as np
import pytest

LEFT_HALF = {
    **dict(enumerate([(4, 34), (5, 46), (7, 57), (10, 68), (15, 78), (22, 87), (30, 95), (40, 101)])),
    17: (13, 24), 18: (19, 19), 19: (27, 18), 20: (35, 19), 21: (42, 22),
    31: (41, 60), 32: (45, 62),
    36: (21, 34), 37: (27, 30), 38: (34, 30), 39: (40, 35), 40: (34, 37), 41: (27, 37),
    48: (33, 75), 49: (38, 72), 50: (45, 70), 58: (45, 85), 59: (39, 81), 60: (36, 75), 61: (44, 74), 67: (44, 77),
}  # fmt: skip
MIDDLE = {8: 103, 27: 34, 28: 41, 29: 48, 30: 55, 33: 63, 51: 71, 57: 86, 62: 75, 66: 78}
MIRRORED = {
    **{k: 16 - k for k in range(8)}, **{17 + k: 26 - k for k in range(5)}, 31: 35, 32: 34,
    36: 45, 37: 44, 38: 43, 39: 42, 40: 47, 41: 46, 48: 54, 49: 53, 50: 52, 58: 56, 59: 55, 60: 64, 61: 63, 67: 65,
}  # fmt: skip
ORIGIN = (300, 200)
IMAGE_SIZE = (1000, 700)


@pytest.fixture(scope="session")
def landmarks():
    """A symmetric face 92 px wide in full-frame px, inside a crop of 140 x 120 px that begins at (300, 200)."""
    points = np.zeros((68, 2))
    for k, (x, y) in LEFT_HALF.items():
        points[k], points[MIRRORED[k]] = (x, y), (100 - x, y)
    for k, y in MIDDLE.items():
        points[k] = 50, y
    return points + ORIGIN + (10, 15)


@pytest.fixture
def clip(landmarks):
    """One clip's arrays: a sloping plane moves by (3, -2) px, its left half 1 px more; its halves differ in dz."""
    columns = np.tile(np.arange(120, dtype=np.float32), (140, 1))
    depth = 500 + 0.2 * columns
    scale = 0.8
    transform = np.array([[scale, 0, -scale * ORIGIN[0] + 8], [0, scale, -scale * ORIGIN[1] + 5]])
    flow = np.full((2, 128, 128), np.array([3, -2])[:, None, None] * scale, np.float32)
    flow[0, :, :56] += scale
    return {
        "apex_depth": depth,
        "flow": flow,
        "expression_flow": flow - np.array([3, -2], np.float32)[:, None, None] * np.float32(scale),
        "dz": np.where(columns < 60, np.float32(0.5), np.float32(-0.25)),
        "aligned_from_image": transform,
        "native_origin": ORIGIN,
        "image_size": IMAGE_SIZE,
    }
