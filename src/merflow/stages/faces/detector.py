"""Face detection and landmarks with dlib: the HOG frontal face detector and the 68-point predictor.

The box is found once, on the onset frame, and serves every frame of the clip. A micro-expression lasts at most half a
second, in which the head moves a pixel or two, while boxes lie on a coarse grid: found anew at the apex, the box was
the same in 22 of 24 clips of an early demo and jumped by some 40 px in the other two. Landmarks depend on the box
(0.34 px for 2 px), so that a jump looks like motion. Reuse also saves a detection a frame.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError, ConfigError
from merflow.reading import is_file, reading
from merflow.stages.faces.settings import FaceSettings

MODEL_PACKAGE = "face_recognition_models"
MODEL_FILE = "shape_predictor_68_face_landmarks.dat"
MODEL_SHA256 = "fbdc2cb80eb9aa7a758672cbfdda32ba6300efe9b6e6c7a299ff7e736b11b92f"
"""Hash of the model that all figures in the documentation were measured with."""

N_LANDMARKS = 68

HALF_FROM_SIDE_PX = 480
"""Shorter side of a picture from which half of it is looked at first: the detector is fast in smaller ones."""
HALF_FACE_PX = 160
"""Smallest box, px of the picture, that counts at half its size. dlib's smallest are 73 px, so that 146 may be a face
of any smaller size: on faces 105 px wide it gave landmarks that are wrong by 8 % of the distance of the eyes."""
HALF_SCORE = 1.4
"""Smallest score that counts there. What scores less may have a box of a wrong size, and landmarks that are far off."""


@dataclass(frozen=True, slots=True)
class FaceBox:
    """Where the face is: the box that the landmark predictor starts from.

    Attributes
    ----------
    left, top, right, bottom : int
        Sides in full-image px, inclusive; may lie outside the image.
    score : float
        Detector score; higher is surer. Median 2 on the demo.
    n_faces : int
        Boxes above the threshold; the largest was taken.
    upsampled : int
        Doublings of the picture that the detection needed.
    """

    left: int
    top: int
    right: int
    bottom: int
    score: float
    n_faces: int = 1
    upsampled: int = 0


def find_landmark_model(path: str = "") -> Path:
    """Path of the 68-point model: the configured one, or the one that lies in ``face_recognition_models``.

    The package is located without importing it: its ``__init__`` needs ``pkg_resources``, which setuptools >= 81 lacks.

    Raises
    ------
    ConfigError
        When there is no such file; says where it was sought and how to get it.
    UnreadableError
        When the user may not read it.
    """
    if path:
        if not is_file(path):
            raise ConfigError(
                f"faces.landmark_model: expected a dlib 68-point model file, found nothing at '{path}'. "
                f"Correct the path, or leave it empty to use the model of the Python package {MODEL_PACKAGE}."
            )
        with reading(path), Path(path).open("rb"):
            return Path(path)
    spec = find_spec(MODEL_PACKAGE)
    folders = list(spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        candidate = Path(folder) / "models" / MODEL_FILE
        if candidate.is_file():
            return candidate
    where = f"'{folders[0]}/models'" if folders else "no installed package of that name"
    raise ConfigError(
        f"Expected the landmark model {MODEL_FILE} in the Python package {MODEL_PACKAGE}, found {where} without it. "
        f"Run 'pip install {MODEL_PACKAGE}', or set faces.landmark_model to the path of a dlib 68-point model."
    )


class FaceDetector:
    """The two dlib models, loaded once a process (0.5 s) and used for many pictures and subjects.

    Parameters
    ----------
    settings : FaceSettings
        Threshold, upsampling and the path of the landmark model.

    Raises
    ------
    ConfigError
        When the landmark model is missing or cannot be read.
    """

    def __init__(self, settings: FaceSettings) -> None:
        self._settings = settings
        self.model_path = find_landmark_model(settings.landmark_model)
        self._detector = _load_detector()
        self._predictor = _load_predictor(str(self.model_path))

    def detect(self, image: NDArray[np.uint8], *, source: str = "") -> FaceBox:
        """Find the face to follow: the largest box whose score exceeds the threshold.

        Under ``detection: half`` half the picture is looked at first, in grey, which takes a fifth of the time. The
        whole picture follows where the largest face there is small or not sure.

        Parameters
        ----------
        image : ndarray of shape (H, W, 3), uint8, RGB
        source : str
            File of the picture, for the message.

        Raises
        ------
        BadClipError
            When no box is found, also after the retry with the picture doubled.
        """
        first = self._settings.upsample
        if self._settings.detection == "half" and first == 0 and min(image.shape[:2]) >= HALF_FROM_SIDE_PX:
            box = self._large_and_sure(image)
            if box is not None:
                return box
        for upsample in range(first, first + self._settings.retry_upsample + 1):
            box = self._largest(image, upsample)
            if box is not None:
                return box
        height, width = image.shape[:2]
        raise BadClipError(
            f"no face found: expected a box with a detector score above {self._settings.min_score:g}, found none in "
            f"{width}x{height} px, also not with the picture doubled {self._settings.retry_upsample} time(s)",
            source=source,
        )

    def _large_and_sure(self, image: NDArray[np.uint8]) -> FaceBox | None:
        """Return the largest box in half the picture, px of the whole, or None where it may not be the right one."""
        import cv2

        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        half = cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        box = self._largest(np.asarray(half, dtype=np.uint8), 0)
        if box is None or box.score < HALF_SCORE or 2 * (box.right - box.left + 1) < HALF_FACE_PX:
            return None
        left, top, right, bottom = 2 * box.left, 2 * box.top, 2 * box.right + 1, 2 * box.bottom + 1
        return FaceBox(left, top, right, bottom, box.score, box.n_faces)

    def _largest(self, image: NDArray[np.uint8], upsample: int) -> FaceBox | None:
        boxes, scores, _ = self._detector.run(np.ascontiguousarray(image), upsample, self._settings.min_score)
        found = [(box, float(score)) for box, score in zip(boxes, scores, strict=True)]
        if not found:
            return None
        box, score = max(found, key=lambda item: (item[0].area(), item[1]))
        return FaceBox(box.left(), box.top(), box.right(), box.bottom(), score, len(found), upsample)

    def landmarks(self, image: NDArray[np.uint8], box: FaceBox) -> NDArray[np.float32]:
        """Predict the 68 landmarks of the face that `box` encloses, in this or a nearby frame of the same clip.

        Returns
        -------
        ndarray of shape (68, 2), float32
            (x, y) in full-image px, 0-based dlib order. dlib rounds them to whole pixels.
        """
        import dlib

        rectangle = dlib.rectangle(box.left, box.top, box.right, box.bottom)
        shape = self._predictor(np.ascontiguousarray(image), rectangle)
        return np.array([(point.x, point.y) for point in shape.parts()], dtype=np.float32)


@lru_cache(maxsize=1)
def _load_detector() -> Any:
    import dlib

    return dlib.get_frontal_face_detector()


@lru_cache(maxsize=2)
def _load_predictor(path: str) -> Any:
    """Load a landmark model and check that it has 68 points."""
    import dlib

    try:
        predictor = dlib.shape_predictor(path)
    except RuntimeError as error:
        raise ConfigError(
            f"Expected a dlib 68-point landmark model, found a file that dlib cannot read: '{path}' ({error}). "
            f"Fetch it again, or leave faces.landmark_model empty."
        ) from error
    blank = np.zeros((64, 64, 3), dtype=np.uint8)
    n_points = predictor(blank, dlib.rectangle(8, 8, 56, 56)).num_parts
    if n_points != N_LANDMARKS:
        raise ConfigError(
            f"Expected a landmark model with {N_LANDMARKS} points, found {n_points} in '{path}'. "
            f"Take {MODEL_FILE}, or leave faces.landmark_model empty."
        )
    return predictor
