"""The settings of projections from colour and depth frames; each is a key of config.yaml."""

from dataclasses import dataclass
from typing import Literal, get_args

from merflow.checks import check_choice, check_setting
from merflow.stages.recorded import CASME3_FOCAL_PX

Fit = Literal["surface", "landmarks"]


@dataclass(frozen=True, slots=True)
class RgbdSettings:
    """How depth frames become surfaces of a face: the camera, what is face, and what is a surface.

    Parameters
    ----------
    focal_px : float
        Focal length of the depth camera, px; 1324.65 is that of CAS(ME)^3.
    cx_px, cy_px : float or None
        Principal point; None is (W/2, H/2).
    eye_distance_mm : tuple of float
        Smallest and largest accepted distance between the eyes in space, mm; a clip beyond has another focal length or
        unit of depth, and is left out.
    fit : {"surface", "landmarks"}
        How frames are laid on the first one, and with it on the frontal mean face: by the surface of the face, or by
        the landmarks that rest in between. The first one is laid on the mean face by its landmarks.
    sd_px : float
        Standard deviation of the Gaussian that smooths depth within the face, native px; 0 for none.
    steepest : float
        Degrees between the line of sight and the normal of a surface, below 90, beyond which two neighbouring pixels
        are an edge with something hidden behind it.
    brow_extension, margin_mm, depth_mm : float
        What is face, as of the meshes.

    Raises
    ------
    ConfigError
        When a word is unknown or a value outside its range.
    """

    focal_px: float = CASME3_FOCAL_PX
    cx_px: float | None = None
    cy_px: float | None = None
    eye_distance_mm: tuple[float, float] = (34.0, 85.0)
    fit: Fit = "surface"
    sd_px: float = 1.0
    steepest: float = 80.0
    brow_extension: float = 0.25
    margin_mm: float = 2.0
    depth_mm: float = 90.0

    def __post_init__(self) -> None:
        key, (low, high) = "projections.rgbd", self.eye_distance_mm
        check_choice(self.fit, f"{key}.fit", get_args(Fit))
        for name in ("focal_px", "depth_mm"):
            found = getattr(self, name)
            check_setting(found > 0, f"{key}.{name}", expected="a number above 0", found=found)
        for name in ("sd_px", "brow_extension", "margin_mm"):
            found = getattr(self, name)
            check_setting(found >= 0, f"{key}.{name}", expected="a number of 0 or more", found=found)
        check_setting(0 < low < high, f"{key}.eye_distance_mm", expected="0 < low < high", found=[low, high])
        check_setting(0 < self.steepest < 90, f"{key}.steepest", expected="0 to 90 degrees", found=self.steepest)
