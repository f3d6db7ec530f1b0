"""Dynamic images of one subject, from its projections or its sequences."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.errors import BadClipError
from merflow.imaging.opencv_threads import opencv_threads
from merflow.stages.dynamic_images.eulerian import pass_band
from merflow.stages.dynamic_images.pooling import Pooled, pooled, pooled_copy, stream_of
from merflow.stages.dynamic_images.settings import DynamicImageSettings
from merflow.stages.dynamic_images.sources import ReadViews, Views

STAGE = "dynamic_images"


def make_dynamic_images(
    source: Shard,
    read: ReadViews,
    settings: DynamicImageSettings,
    *,
    shard: ShardWriter,
    on_bad_clip: OnBadClip = "exclude",
) -> None:
    """Write the dynamic_images shard of one subject.

    Parameters
    ----------
    source : Shard
        Open shard of kind ``projections`` or ``sequences``. A clip that it lacks was excluded there.
    read : callable
        How the views of a clip are read from it.
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
        return dynamic_images_of(read(source, clip, settings.domains), settings)

    with opencv_threads(1):
        add_clips_of([source], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def dynamic_images_of(views: Views, settings: DynamicImageSettings) -> ClipData:
    """Compute the arrays and attributes of one clip.

    Raises
    ------
    BadClipError
        When the clip has one frame, or a view in which too few frames see any pixel.
    """
    frames = views.there.shape[1]
    if frames < 2:
        raise BadClipError("expected two frames or more, whose order is learnt, found one")
    images: list[Pooled] = []
    copies: list[Pooled] = []
    for view, yaw in enumerate(views.yaws):
        stream = stream_of([one[view] for one in views.domains], views.there[view], seen_share=settings.seen_share)
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
        "yaws": views.yaws,
        "domains": list(settings.domains),
        "n_frames": frames,
        "passed_hz": list(pass_band(views.fps, settings.magnification)) if copies else [],
        "notes": views.notes,
    }


def _stacked(made: list[Pooled], image: str, limits: str) -> dict[str, NDArray[Any]]:
    return {image: np.stack([one.image for one in made]), limits: np.stack([one.range for one in made])}
