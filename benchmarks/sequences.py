"""Sequences: what resampling a clip costs beyond decoding its frames."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

from benchmarks.timing import Case
from merflow.datasets.clip import Clip
from merflow.datasets.reading.frames import read_color
from merflow.landmarks.alignment import warp_aligned
from merflow.stages.sequences.reading import AlignedFace
from merflow.stages.sequences.settings import SequenceSettings
from merflow.stages.sequences.stage import sequence_of_clip

CLIP = Clip("demo", "1", "a", "A", "micro", 1, 6, 12, 30.0, "4", "", "", "color", "", "")
MATRIX = np.array([[0.68, 0.0, -307.0], [0.0, 0.68, -117.0]])
"""A face of the demo's size in the middle of the frame, to 256 aligned px."""


def sequence_cases() -> Iterator[Case]:
    """Yield the comparisons on a clip of 12 JPEG frames of 1280x720 px; OpenCV runs on one thread."""
    import cv2

    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        onset = _write_frames(root / CLIP.color)
        face = AlignedFace(MATRIX, warp_aligned(onset, MATRIX, size_px=256), _landmarks())

        def resampled(settings: SequenceSettings) -> object:
            return sequence_of_clip(CLIP, face, settings, root=root)

        default = SequenceSettings()
        yield Case(
            "resample a clip of 12 frames, 1280x720",
            "decode its frames alone",
            lambda: resampled(default),
            lambda: [read_color(path) for path in sorted((root / CLIP.color).iterdir())],
        )
        yield Case(
            "resample a clip, tim",
            "linear (default)",
            lambda: resampled(replace(default, interpolation="tim")),
            lambda: resampled(default),
        )
        yield Case(
            "resample a clip, head motion off",
            "as recorded (default)",
            lambda: resampled(replace(default, head_motion="robust_affine")),
            lambda: resampled(default),
            pairs=3,
        )


def _write_frames(folder: Path) -> np.ndarray:
    """Write a textured picture that moves by 0.2 px a frame, and return it as it is read back."""
    import cv2

    folder.mkdir()
    noise = gaussian_filter(np.random.default_rng(0).normal(size=(720, 1280, 3)), (2, 2, 0))
    picture = np.clip(128 + 25 * noise / noise.std(), 0, 255).astype(np.uint8)
    for number in range(CLIP.onset, CLIP.offset + 1):
        matrix = np.array([[1.0, 0.0, 0.2 * number], [0.0, 1.0, 0.0]])
        moved = cv2.warpAffine(picture, matrix, (1280, 720), borderMode=cv2.BORDER_REPLICATE)
        cv2.imwrite(str(folder / f"{number}.jpg"), moved)
    return read_color(folder / f"{CLIP.onset}.jpg")


def _landmarks() -> np.ndarray:
    """Return 68 points whose outline is a face of the usual size in aligned px."""
    points = np.random.default_rng(0).uniform(80, 176, (68, 2))
    angle = np.linspace(np.pi, 0, 17)
    points[:17] = np.column_stack([128 + 90 * np.cos(angle), 110 + 115 * np.sin(angle)])
    points[17:27] = np.column_stack([np.linspace(60, 196, 10), np.full(10, 80.0)])
    return points
