"""The crops of a clip: every kept frame cut by the one geometry that the onset frame gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.datasets.reading.frame_source import FrameSource, path_of
from merflow.datasets.reading.frames import ColorPicture, is_grey, read_depth
from merflow.errors import BadClipError
from merflow.landmarks.alignment import align_to_mean, native_window, warp_aligned
from merflow.landmarks.outline import eye_distance_px, face_mask
from merflow.stages.faces.detector import FaceBox, FaceDetector
from merflow.stages.faces.picture_facts import picture_facts, picture_notes
from merflow.stages.faces.plausibility import check_distance, check_relief, where_a_face_can_be
from merflow.stages.faces.settings import FaceSettings

Frames = Sequence[tuple[int, str]]
"""Frame numbers in time order, each with its role; ``""`` for a frame between the named ones."""


@dataclass(frozen=True, slots=True)
class FaceGeometry:
    """Where the face of a clip is, from its onset frame.

    Attributes
    ----------
    box : FaceBox
        What the landmark predictor starts from in every frame.
    landmarks : ndarray of shape (68, 2)
        Of the onset frame, full-image px.
    aligned_from_image : ndarray of shape (2, 3)
        Full-image px to aligned px.
    window : tuple of int
        Left, top, right, bottom of the native crop, full-image px; right and bottom exclusive.
    shape : tuple of int
        (height, width) of the full frame.
    grey : bool
        Whether the recording holds grey levels only, as SAMM's do.
    bits : int
        Bits in use of the recording's values: 8, or of 16-bit pictures 12 or 16.
    """

    box: FaceBox
    landmarks: NDArray[np.float32]
    aligned_from_image: NDArray[np.float64]
    window: tuple[int, int, int, int]
    shape: tuple[int, int]
    grey: bool = False
    bits: int = 8

    def cut(self, image: NDArray[Any]) -> NDArray[Any]:
        """Cut the native crop out of a frame, colour or depth: no value is resampled."""
        left, top, right, bottom = self.window
        return image[top:bottom, left:right]


class Crop(NamedTuple):
    """What is kept of one frame.

    Attributes
    ----------
    landmarks : ndarray of shape (68, 2)
        Full-image px.
    aligned : ndarray of shape (S, S, 3)
        Warped onto the mean shape.
    native : ndarray of shape (h, w, 3)
        Cut out, not resampled: only these pixels tell whether two frames are one picture.
    """

    landmarks: NDArray[np.float32]
    aligned: NDArray[np.uint8]
    native: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class FoundFace:
    """The face on the onset frame of a clip.

    Attributes
    ----------
    geometry : FaceGeometry
        By which the other frames are cut too.
    crop : Crop
        Of the onset, a copy: the frame itself need not stay in memory until the subject's other clips are looked at.
    notes : list of str
        What a person should know of how the frame was read.
    """

    geometry: FaceGeometry
    crop: Crop
    notes: list[str]


def find_face(picture: ColorPicture, settings: FaceSettings, detector: FaceDetector, *, source: str = "") -> FoundFace:
    """Find the face on the onset frame and cut it out; raises BadClipError as `find_geometry`."""
    geometry = find_geometry(picture, settings, detector, source=source)
    aligned = warp_aligned(picture.rgb, geometry.aligned_from_image, size_px=settings.size_px)
    crop = Crop(geometry.landmarks, aligned, geometry.cut(picture.rgb).copy())
    return FoundFace(geometry, crop, picture_notes(picture))


def find_geometry(
    picture: ColorPicture, settings: FaceSettings, detector: FaceDetector, *, source: str = ""
) -> FaceGeometry:
    """Find the face on the onset frame and place both crops.

    Raises
    ------
    BadClipError
        When there is no face: says what the picture is like.
    """
    onset = picture.rgb
    height, width = onset.shape[:2]
    try:
        box = detector.detect(onset, source=source)
    except BadClipError as error:
        raise BadClipError(f"{error.reason}: {picture_facts(picture)}", source=error.source) from error
    landmarks = detector.landmarks(onset, box)
    matrix = align_to_mean(landmarks, size_px=settings.size_px, margin=settings.margin)
    window = native_window(
        matrix, size_px=settings.size_px, margin_px=settings.native_margin_px, image_size=(width, height)
    )
    return FaceGeometry(box, landmarks, matrix, window, (height, width), is_grey(onset), picture.bits)


def cut_color(
    frames: Frames, source: FrameSource, onset: FoundFace, detector: FaceDetector, *, onset_number: int
) -> tuple[list[Crop], Frames, list[int]]:
    """Read each frame once; predict its landmarks, warp it, cut it.

    Parameters
    ----------
    frames : sequence of (int, str)
        What to keep.
    source : FrameSource
        Of the colour frames.
    onset : FoundFace
        Of the clip's onset frame, which is cut already.
    detector : FaceDetector
        Its landmark predictor is used, from the geometry's box.
    onset_number : int
        Number of the onset frame.

    Returns
    -------
    crops : list of Crop
    kept : sequence of (int, str)
        The frames that they are of.
    skipped : list of int
        Numbers of frames without a role that do not decode.

    Raises
    ------
    BadClipError
        When a frame with a role is missing, does not decode or has another size.
    """
    crops: list[Crop] = []
    kept: list[tuple[int, str]] = []
    skipped: list[int] = []
    for number, role in frames:
        try:
            crop = onset.crop if number == onset_number else _read_crop(number, source, onset, detector)
        except BadClipError:
            if role:
                raise
            skipped.append(number)  # the clip's notes name it
            continue
        kept.append((number, role))
        crops.append(crop)
    return crops, kept, skipped


def _read_crop(number: int, source: FrameSource, onset: FoundFace, detector: FaceDetector) -> Crop:
    """Read a frame that must be like the onset, and cut it as that was cut."""
    geometry = onset.geometry
    image = read_alike(source, number, geometry.shape, grey=geometry.grey, bits=geometry.bits)
    aligned = warp_aligned(image, geometry.aligned_from_image, size_px=len(onset.crop.aligned))
    return Crop(detector.landmarks(image, geometry.box), aligned, geometry.cut(image).copy())


def cut_depth(
    frames: Frames,
    paths: Mapping[int, Path],
    geometry: FaceGeometry,
    landmarks: NDArray[np.float32],
    *,
    settings: FaceSettings,
    unit_mm: float,
) -> NDArray[np.float32]:
    """Read and cut the depth of each kept frame.

    Parameters
    ----------
    frames, geometry
        As for the colour.
    paths : mapping of int to Path
        Depth files.
    landmarks : ndarray of shape (T, 68, 2)
        Of each frame, full-image px; they say which pixels are face.
    settings : FaceSettings
        How much of the face must hold a value, and where a face can be.
    unit_mm : float
        Mm that 1 in the files stands for.

    Returns
    -------
    ndarray of shape (T, h, w), float32
        mm, NaN = missing, or nearer or farther than a face can be.

    Raises
    ------
    BadClipError
        When a depth frame is missing, unreadable, of another size than the colour, empty on the face, puts the face
        where none can be, or makes it flat.
    """
    cut = []
    for (number, _), points in zip(frames, landmarks, strict=True):
        path = path_of(number, paths, what="depth frame")
        depth = read_depth(path, geometry.shape, unit_mm=unit_mm, window=geometry.window)
        height, width = depth.shape
        mask = face_mask(points - np.asarray(geometry.window[:2]), (height, width))
        check_distance(
            _face_values(depth[mask], settings.min_depth_fraction, path),
            unit_mm=unit_mm,
            limits_mm=settings.distance_mm,
            eyes_px=eye_distance_px(points),
            width_px=geometry.shape[1],
            source=str(path),
        )
        depth = where_a_face_can_be(depth, settings.distance_mm)
        check_relief(_face_values(depth[mask], settings.min_depth_fraction, path), source=str(path))
        cut.append(depth)
    return np.stack(cut)


def _face_values(face: NDArray[np.float32], min_fraction: float, path: Path) -> NDArray[np.float32]:
    """Return the depth values of the face's pixels, without holes; raise BadClipError when there are too few."""
    values: NDArray[np.float32] = face[np.isfinite(face)]
    fraction = len(values) / len(face) if len(face) else 0.0
    if fraction < min_fraction or fraction == 0.0:
        raise BadClipError(
            f"no valid depth on the face: expected values on at least {min_fraction:.0%} of its pixels, "
            f"found {fraction:.1%}",
            source=str(path),
        )
    return values


def read_alike(source: FrameSource, number: int, shape: tuple[int, int], *, grey: bool, bits: int) -> NDArray[np.uint8]:
    """Read a frame that must be of the onset's size and bits, since one transform cuts both, and grey if that is.

    A recording does not lose its colours within half a second: frames of two recordings lie in one folder then.

    Parameters
    ----------
    source : FrameSource
    number : int
    shape : tuple of int
        (height, width) of the onset frame.
    grey : bool
        Whether the onset frame holds grey levels only.
    bits : int
        Bits in use of the onset frame, by which this one is brought to 8 too.

    Raises
    ------
    BadClipError
        When the frame is missing, does not decode, or differs from the onset in size, in bits or in having colours.
    """
    image = source.read(number, bits=bits).rgb
    height, width = shape
    if image.shape[:2] != shape:
        raise BadClipError(
            f"expected a frame of {width}x{height} px like the onset frame, found {image.shape[1]}x{image.shape[0]}",
            source=source.where(number),
        )
    if is_grey(image) != grey:
        expected, found = ("grey", "colour") if grey else ("colour", "grey")
        raise BadClipError(
            f"expected a {expected} frame like the onset frame, found a {found} one", source=source.where(number)
        )
    return image
