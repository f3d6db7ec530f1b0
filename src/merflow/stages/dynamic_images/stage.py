"""Dynamic images of one subject, from its projections."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.errors import BadClipError
from merflow.imaging.luma import luma
from merflow.imaging.opencv_threads import opencv_threads
from merflow.stages.dynamic_images.eulerian import pass_band
from merflow.stages.dynamic_images.pooling import Pooled, pooled, pooled_copy, stream_of
from merflow.stages.dynamic_images.settings import DynamicImageSettings

STAGE = "dynamic_images"


def make_dynamic_images(
    projections: Shard, settings: DynamicImageSettings, *, shard: ShardWriter, on_bad_clip: OnBadClip = "exclude"
) -> None:
    """Write the dynamic_images shard of one subject.

    Parameters
    ----------
    projections : Shard
        Open shard of kind ``projections``. A clip that it lacks was excluded there, and is absent here.
    settings : DynamicImageSettings
    shard : ShardWriter
        Open shard of kind ``dynamic_images``.
    on_bad_clip : {"exclude", "fail"}
        A clip of one frame, without texture where one is asked for, or of which too few frames see any one pixel of a
        view becomes a row of the shard's exclusions, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """

    def compute(clip: str) -> ClipData:
        return dynamic_images_of(projections, clip, settings)

    with opencv_threads(1):
        add_clips_of([projections], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def dynamic_images_of(projections: Shard, clip: str, settings: DynamicImageSettings) -> ClipData:
    """Compute the arrays and attributes of one clip.

    Raises
    ------
    BadClipError
        When the clip has one frame, no texture where one is asked for, or a view in which too few frames see any pixel.
    """
    attrs = projections.attrs(clip)
    depth = projections.read(clip, "depth")
    yaws = list(attrs["yaws"])
    views, frames = len(yaws), len(depth) // len(yaws)
    if frames < 2:
        raise BadClipError("expected two frames or more, whose order is learnt, found one")
    there = np.isfinite(depth)
    domains = _domains(projections, clip, settings, depth=depth)
    images: list[Pooled] = []
    copies: list[Pooled] = []
    for view, yaw in enumerate(yaws):
        stream = stream_of([one[view::views] for one in domains], there[view::views], seen_share=settings.seen_share)
        if not stream.seen.any():
            raise BadClipError(
                f"expected pixels that at least {settings.seen_share:g} of the {frames} frames see at a yaw of "
                f"{yaw:g} degrees, found none: lower dynamic_images.seen_share, or look at the projections"
            )
        images.append(pooled(stream, settings))
        if settings.magnification.factor:
            copies.append(pooled_copy(stream, settings))
    arrays: dict[str, NDArray[Any]] = {
        **_stacked(images, "image", "range"),
        "seen": np.array([one.seen.mean() for one in images]),
        "filled": np.array([one.filled for one in images]),
    }
    if copies:
        arrays |= _stacked(copies, "magnified", "magnified_range")
    return arrays, {
        "yaws": yaws,
        "domains": list(settings.domains),
        "n_frames": frames,
        "passed_hz": list(pass_band(float(attrs["fps"]), settings.magnification)) if copies else [],
        "notes": attrs["notes"],
    }


def _domains(
    projections: Shard, clip: str, settings: DynamicImageSettings, *, depth: NDArray[np.float32]
) -> list[NDArray[np.floating]]:
    """Return what the views show, a stack (pictures, H, W) for each domain."""
    found: list[NDArray[np.floating]] = []
    for name in settings.domains:
        if not projections.has(clip, name):
            rest = ", ".join(one for one in settings.domains if one != name)
            raise BadClipError(
                f"expected {name} in the projections, found none: these meshes have no texture. Set "
                f"dynamic_images.domains to [{rest}]"
            )
        if name == "texture":
            found.append(np.stack([luma(one) for one in projections.read(clip, name)]))
        else:
            found.append(depth if name == "depth" else projections.read(clip, name).astype(np.float64))
    return found


def _stacked(made: list[Pooled], image: str, limits: str) -> dict[str, NDArray[Any]]:
    return {image: np.stack([one.image for one in made]), limits: np.stack([one.range for one in made])}
