"""Plausibility of depth: a face that cannot be where its depth says was read in the wrong unit.

A depth picture does not say what 1 stands for. Tenths of a millimetre taken for millimetres put a face 6 m away and
make it 1 m wide, and every later number follows without an error. The possible distances
of a face are known well enough for a check.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.errors import BadClipError

ADULT_EYE_DISTANCE_MM = 63.0
"""Mean distance of the pupils of adults; almost all have 45 to 80 mm (Dodgson 2004, "Variation and extrema of human
interpupillary distance", Proc. SPIE 5291)."""

UNITS_MM = (1.0, 0.1, 10.0, 0.25, 0.2, 0.125)
"""Units that depth pictures are stored in, the most frequent first: mm, tenths, cm, and those of single cameras."""

USUAL_FOCAL = (0.6, 1.6)
"""Focal length of a camera, of the width of its picture: 80 to 35 degrees are seen. CAS(ME)^3's is 1.03."""

RELIEF_MM = 200.0
"""The middle half of a face's depth values lies within this; values of which a byte is noise do not."""

FLAT_MM = 2.0
"""Relief of what is no face: a nose alone stands out by 10 to 20 mm, and a forehead is curved by more."""


def check_distance(
    face_mm: NDArray[Any],
    *,
    unit_mm: float,
    limits_mm: tuple[float, float],
    eyes_px: float,
    width_px: int,
    source: str,
) -> None:
    """Refuse a face that is nearer or farther than the camera can have seen it.

    Parameters
    ----------
    face_mm : ndarray of shape (N,), mm
        Depth on the pixels of the face, without holes; at least one.
    unit_mm : float
        Unit that the depth was read in, for the message.
    limits_mm : tuple of float
        Nearest and farthest accepted distance.
    eyes_px : float
        Distance of the eyes in the picture, which tells units apart that both would fit.
    width_px : int
        Width of the full picture.
    source : str
        File of the depth.

    Raises
    ------
    BadClipError
        Names the measured distance, the setting, and the unit that would fit.
    """
    distance = float(np.median(face_mm))
    nearest, farthest = limits_mm
    if nearest <= distance <= farthest:
        return
    stored = np.asarray(face_mm, dtype=np.float64) / unit_mm
    raise BadClipError(
        f"expected a face {nearest / 1000:g} to {farthest / 1000:g} m before the camera (faces.distance_mm), found it "
        f"at {distance / 1000:.3g} m: its depth pictures say {np.median(stored):.0f}, in the dataset's depth_unit_mm "
        f"of {unit_mm:g}; {_remedy(stored, limits_mm, eyes_px / width_px)}",
        source=source,
    )


def where_a_face_can_be(depth_mm: NDArray[np.float32], limits_mm: tuple[float, float]) -> NDArray[np.float32]:
    """Return depth, mm, without what is nearer or farther than a face can be: the background, and holes.

    Exporters write holes as the end of a sensor's range too (4095, 10000), which is no distance of a person either.
    """
    near = (limits_mm[0] <= depth_mm) & (depth_mm <= limits_mm[1])
    believed: NDArray[np.float32] = np.where(near, depth_mm, np.float32(np.nan))
    return believed


def check_relief(face_mm: NDArray[np.float32], *, source: str) -> None:
    """Refuse a face (N,), mm, without relief: a constant, or a wall; `source` is its file.

    Raises
    ------
    BadClipError
        Names the relief and the distance.
    """
    low, middle, high = np.percentile(face_mm, (5, 50, 95))
    if high - low < FLAT_MM:
        raise BadClipError(
            f"expected a face with relief in its depth, found values within {high - low:.1f} mm at {middle:.0f} mm on "
            "its pixels: is this the depth of this recording, as the camera gave it?",
            source=source,
        )


def likely_units(stored: float, limits_mm: tuple[float, float], eyes_of_width: float) -> list[float]:
    """Return the units, mm, that put a face where it can be, the most likely first; of neighbours either may be meant.

    Eyes `ADULT_EYE_DISTANCE_MM` apart at the face's distance give the focal length. Units that give a usual one are
    taken where there are any: they differ by less than faces do.

    Parameters
    ----------
    stored : float
        What the depth picture says on the face.
    limits_mm : tuple of float
        Nearest and farthest accepted distance.
    eyes_of_width : float
        Distance of the eyes in the picture over the picture's width.
    """
    fitting = [unit for unit in UNITS_MM if limits_mm[0] <= stored * unit <= limits_mm[1]]
    focal_of_width = eyes_of_width / ADULT_EYE_DISTANCE_MM * stored
    usual = [unit for unit in fitting if USUAL_FOCAL[0] <= focal_of_width * unit <= USUAL_FOCAL[1]]
    return usual or fitting


def _remedy(stored: NDArray[np.float64], limits_mm: tuple[float, float], eyes_of_width: float) -> str:
    """Return what to change, from the stored values of the face."""
    swapped = np.rint(stored).clip(0, 2**16 - 1).astype(np.uint16).byteswap().astype(np.float64)
    low, middle, high = np.percentile(swapped, (25, 50, 75))
    if limits_mm[0] <= middle <= limits_mm[1] and 0 < high - low <= RELIEF_MM:
        return (
            f"with the two bytes of each value swapped it would be at {middle / 1000:.3g} m: store the pictures anew "
            "as 16-bit PNG"
        )
    value = float(np.median(stored))
    places = [f"{unit:g} ({value * unit / 1000:.3g} m)" for unit in likely_units(value, limits_mm, eyes_of_width)]
    if not places:
        return "no unit in use puts it there: are these the depth pictures of this recording?"
    return f"it would be there with a depth_unit_mm of {' or '.join(places)}"
