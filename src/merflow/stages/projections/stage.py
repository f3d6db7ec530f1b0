"""Projections of a subject: each mesh of each clip from every view."""

from typing import Any

import numpy as np

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.errors import BadClipError
from merflow.imaging.opencv_threads import opencv_threads
from merflow.stages.meshes.reading import read_meshes
from merflow.stages.projections.pictures import pictures_of
from merflow.stages.projections.settings import ProjectionSettings

STAGE = "projections"


def make_projections(
    meshes: Shard, settings: ProjectionSettings, *, shard: ShardWriter, on_bad_clip: OnBadClip = "exclude"
) -> None:
    """Write the projections shard of one subject.

    Parameters
    ----------
    meshes : Shard
        Open shard of kind ``meshes``. A clip that it lacks was excluded there, and is absent here.
    settings : ProjectionSettings
    shard : ShardWriter
        Open shard of kind ``projections``.
    on_bad_clip : {"exclude", "fail"}
        A clip whose face is outside a view becomes a row of the shard's exclusions, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """

    def compute(clip: str) -> ClipData:
        return projections_of(meshes, clip, settings)

    with opencv_threads(1):
        add_clips_of([meshes], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def projections_of(meshes: Shard, clip: str, settings: ProjectionSettings) -> ClipData:
    """Compute the arrays and attributes of one clip.

    Raises
    ------
    BadClipError
        When a view sees nothing of the face.
    """
    attrs = meshes.attrs(clip)
    made = [pictures_of(frame, settings) for frame in read_meshes(meshes, clip).frames]
    depth = np.concatenate([one.depth for one in made])
    covered = np.isfinite(depth).mean(axis=(1, 2))
    if not covered.all():
        frame, view = divmod(int(np.flatnonzero(covered == 0)[0]), len(settings.yaws))
        raise BadClipError(
            f"expected the face in each view, found none of frame {attrs['frames'][frame]} at a yaw of "
            f"{settings.yaws[view]:g} degrees: projections.middle_mm and side_mm show {settings.side_mm:g} mm around "
            f"{settings.middle_mm}"
        )
    arrays: dict[str, Any] = {
        "depth": depth,
        "enhanced": np.concatenate([one.enhanced for one in made]),
        "covered": covered,
    }
    textures = [one.texture for one in made if one.texture is not None]
    if textures:
        arrays["texture"] = np.concatenate(textures)
    return arrays, {
        "yaws": list(settings.yaws),
        "mm_per_px": settings.side_mm / settings.size_px,
        "frames": attrs["frames"],
        "fps": attrs["fps"],
        "apex": attrs["apex"],
        "notes": attrs["notes"],
    }
