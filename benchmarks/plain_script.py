"""From recorded frames to region points as a researcher writes it down: dlib and OpenCV in every frame, no store."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.clip import Clip
from merflow.stages.faces.detector import find_landmark_model
from merflow.stages.regions.face_regions import PRINTED

FOCAL_PX = 1324.65
SIDE, POINTS = 256, 1024
ANCHORS = [36, 39, 42, 45, 30, 33]
TARGET = np.array([[60, 90], [95, 90], [160, 90], [195, 90], [128, 150], [128, 170]], dtype=np.float32)

Found = dict[int, tuple[NDArray[np.uint8], NDArray[np.float64]]]
"""By frame number: the grey picture and its 68 landmarks."""


class PlainScript:
    """The models, loaded once, and what is done for a clip.

    Parameters
    ----------
    root : Path
        Root of a dataset in the layout of CAS(ME)^3 with depth.
    """

    def __init__(self, root: Path) -> None:
        import cv2
        import dlib

        self._root = root
        self._detector: Any = dlib.get_frontal_face_detector()
        self._predictor: Any = dlib.shape_predictor(str(find_landmark_model()))
        self._flow: Any = cv2.optflow.DualTVL1OpticalFlow_create()  # type: ignore[attr-defined]

    def regions(self, clip: Clip) -> list[NDArray[np.float64]]:
        """Return up to 1024 points (n, 3) of each of the eight regions, metres, those that move most in depth."""
        found = self._landmarks_of_every_frame(clip)
        onset, apex = (self._crop(*found[number]) for number in (clip.onset, clip.apex))
        self._flow.calc(onset, apex, None)
        first, last = (self._depth(clip, number) for number in (clip.onset, clip.apex))
        return _regions(_points(last), last - first, found[clip.apex][1])

    def _landmarks_of_every_frame(self, clip: Clip) -> Found:
        import cv2

        found: Found = {}
        for path in sorted((self._root / clip.color).glob("*.jpg"), key=lambda path: int(path.stem)):
            grey = np.asarray(cv2.cvtColor(_read(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2GRAY), dtype=np.uint8)
            boxes = self._detector(grey, 0)
            if len(boxes):
                parts = self._predictor(grey, boxes[0]).parts()
                found[int(path.stem)] = grey, np.array([(part.x, part.y) for part in parts], dtype=np.float64)
        return found

    def _crop(self, grey: NDArray[np.uint8], landmarks: NDArray[np.float64]) -> NDArray[Any]:
        import cv2

        matrix, _ = cv2.estimateAffinePartial2D(landmarks[ANCHORS].astype(np.float32), TARGET)
        return cv2.warpAffine(grey, matrix, (SIDE, SIDE))

    def _depth(self, clip: Clip, number: int) -> NDArray[np.float32]:
        import cv2

        return _read(self._root / clip.depth / f"{number}.png", cv2.IMREAD_UNCHANGED).astype(np.float32)


def _read(path: Path, flags: int) -> NDArray[Any]:
    import cv2

    image = cv2.imread(str(path), flags)
    if image is None:
        raise FileNotFoundError(path)
    return image


def _points(depth: NDArray[np.float32]) -> NDArray[np.float64]:
    height, width = depth.shape
    y, x = np.mgrid[:height, :width]
    z = depth / 1000
    return np.stack([(x - width / 2) * z / FOCAL_PX, (y - height / 2) * z / FOCAL_PX, z], axis=-1)


def _regions(
    points: NDArray[np.float64], change: NDArray[np.float32], landmarks: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    import cv2

    chosen = []
    for indices in PRINTED:
        mask = np.zeros(change.shape, dtype=np.uint8)
        cv2.fillConvexPoly(mask, cv2.convexHull(landmarks[list(indices)].astype(np.int32)), (1,))
        place = np.argwhere(mask > 0)
        most = np.argsort(-np.abs(change[mask > 0]))[:POINTS]
        chosen.append(points[place[most, 0], place[most, 1]])
    return chosen
