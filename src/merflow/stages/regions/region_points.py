"""The network's points of one clip: normalised motion, eight regions, a fixed number of points in each."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_choice, check_setting
from merflow.errors import BadClipError
from merflow.landmarks.outline import BROW_EXTENSION
from merflow.seeds import clip_generator
from merflow.stages.clouds.point_cloud import Cloud, to_aligned
from merflow.stages.regions.face_regions import REGION_NAMES, region_members, region_polygons
from merflow.stages.regions.mirroring import mirrored_motion
from merflow.stages.regions.motion_channels import Motion, deciding
from merflow.stages.regions.normalisation import Extreme, motion_scale, normalise_motion
from merflow.stages.regions.sampling import Selection, sample_region

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class RegionSettings:
    """How regions are cut and sampled.

    Parameters
    ----------
    points : int
        Points per region, K.
    selection : {"sort", "center", "random"}
        Which points (`merflow.stages.regions.sampling`).
    rank_on : {"raw", "normalised"}
        Motion whose length ``sort`` ranks by: as measured (the paper's eq. 4), or after normalisation, which weighs
        the two signs differently where their extremes differ.
    motion : {"all", "flow"}
        Channels of the motion that rank points and set its scale: u, v and dz, or u and v alone. Under ``flow`` dz is
        stored and decides nothing; a network that must not see it needs ``input.motion: flow`` too.
    normalise : {"max", "p99"}
        Extreme that becomes 1 (`merflow.stages.regions.normalisation`).
    over : {"regions", "cloud"}
        Points whose extreme it is: those of the eight regions, or all of the cloud.
    symmetric : bool
        A right half that mirrors the left half (`merflow.stages.regions.face_regions`); ``training.mirror`` needs it.
    brow_height : float
        Height of the brow regions, interocular distances.
    seed : int
        Of ``random``, together with the clip id.

    Raises
    ------
    ConfigError
        When a value is outside its range.
    """

    points: int = 1024
    selection: Selection = "sort"
    rank_on: Literal["raw", "normalised"] = "raw"
    motion: Motion = "all"
    normalise: Extreme = "max"
    over: Literal["regions", "cloud"] = "regions"
    symmetric: bool = False
    brow_height: float = BROW_EXTENSION
    seed: int = 0

    def __post_init__(self) -> None:
        check_setting(1 <= self.points <= 65536, "regions.points", expected="1 to 65536 points", found=self.points)
        check_choice(self.selection, "regions.selection", ("sort", "center", "random"))
        check_choice(self.rank_on, "regions.rank_on", ("raw", "normalised"))
        check_choice(self.motion, "regions.motion", get_args(Motion))
        check_choice(self.normalise, "regions.normalise", ("max", "p99"))
        check_choice(self.over, "regions.over", ("regions", "cloud"))
        height = self.brow_height
        check_setting(0 < height <= 1, "regions.brow_height", expected="more than 0, at most 1", found=height)
        check_setting(self.seed >= 0, "regions.seed", expected="0 or more", found=self.seed)

    def without_effect(self, _upstream: str) -> dict[str, str]:
        """Return each setting that these settings do not read, and what it belongs to."""
        belongs = {"rank_on": "sort", "seed": "random"}
        return {key: f"selection {word}" for key, word in belongs.items() if word != self.selection}


@dataclass(frozen=True, slots=True)
class RegionPoints:
    """Sampled points of one clip; regions in the order of ``REGION_NAMES``.

    Parameters
    ----------
    points : ndarray of shape (8, K, 6), float32
        x, y, z (m) and u, v (aligned px), dz (mm).
    normalised : ndarray of shape (8, K, 3), float32
        u, v, dz in [-1, 1].
    aligned_xy : ndarray of shape (8, K, 2), float32, aligned px
    index : ndarray of shape (8, K), int32
        Rows of the cloud.
    count : ndarray of shape (8,), int32
        Points that each region really has; where fewer than K, they repeat.
    divisor : ndarray of shape (2, 2), float32
        What positive and negative motion is divided by: first row of this face, second row of its mirror image, where
        u has the opposite sign.
    """

    points: Array
    normalised: Array
    aligned_xy: Array
    index: NDArray[np.int32]
    count: NDArray[np.int32]
    divisor: Array


def region_points(
    cloud: Cloud,
    *,
    apex_landmarks: NDArray[Any],
    aligned_from_image: NDArray[Any],
    clip: str,
    settings: RegionSettings | None = None,
) -> RegionPoints:
    """Cut and sample the regions of one clip.

    Parameters
    ----------
    cloud : Cloud
    apex_landmarks : ndarray of shape (68, 2), full-frame px
    aligned_from_image : ndarray of shape (2, 3)
        Full-frame px to aligned px.
    clip : str
        Clip id, which seeds ``random``.
    settings : RegionSettings, optional

    Returns
    -------
    RegionPoints

    Raises
    ------
    BadClipError
        When a region has no point at all: there is nothing that could be repeated.
    """
    settings = settings or RegionSettings()
    polygons = region_polygons(apex_landmarks, symmetric=settings.symmetric, brow_height=settings.brow_height)
    members = region_members(cloud.pixel, polygons)
    _check_members(members, len(cloud.pixel))
    motion = cloud.motion.astype(np.float32)
    measured = motion if settings.over == "cloud" else motion[_rows_in_any(members, len(motion))]
    scale, of_mirrored = (
        motion_scale(deciding(m, settings.motion), extreme=settings.normalise)
        for m in (measured, mirrored_motion(measured))
    )
    normalised = normalise_motion(motion, scale)
    ranking = deciding(motion if settings.rank_on == "raw" else normalised, settings.motion)
    rng = clip_generator(clip, settings.seed)
    index = np.stack(
        [
            sample_region(rows, k=settings.points, selection=settings.selection, motion=ranking, xyz=cloud.xyz, rng=rng)
            for rows in members
        ]
    )
    return RegionPoints(
        points=np.concatenate([cloud.xyz[index], motion[index]], axis=-1).astype(np.float32),
        normalised=normalised[index],
        aligned_xy=_aligned_xy(cloud.pixel[index], aligned_from_image),
        index=index.astype(np.int32),
        count=np.array([len(rows) for rows in members], dtype=np.int32),
        divisor=np.array([scale, of_mirrored], dtype=np.float32),
    )


def _rows_in_any(members: list[NDArray[np.intp]], found: int) -> NDArray[np.intp]:
    """Return the rows of regions that may overlap, each once, ascending."""
    inside = np.zeros(found, dtype=bool)
    inside[np.concatenate(members)] = True
    return np.flatnonzero(inside)


def _check_members(members: list[NDArray[np.intp]], found: int) -> None:
    empty = [name for name, rows in zip(REGION_NAMES, members, strict=True) if not len(rows)]
    if empty:
        raise BadClipError(f"expected points in all 8 regions, but {', '.join(empty)} hold none of the {found} points")


def _aligned_xy(pixel: NDArray[Any], aligned_from_image: NDArray[Any]) -> Array:
    """Map pixels of shape (8, K, 2) to the aligned face."""
    flat = to_aligned(pixel.reshape(-1, 2), aligned_from_image)
    return flat.reshape(pixel.shape).astype(np.float32)
