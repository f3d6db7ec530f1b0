"""Projections of a subject: each mesh, or each depth frame, of each clip from every view."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips_of
from merflow.datasets.clip import Clip
from merflow.datasets.intrinsics import camera_of_text
from merflow.errors import BadClipError
from merflow.imaging.opencv_threads import opencv_threads
from merflow.stages.clouds.back_projection import Camera
from merflow.stages.meshes.reading import read_meshes
from merflow.stages.projections.pictures import Pictures, pictures_of
from merflow.stages.projections.rgbd import faces_in_depth
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


def make_projections_of_faces(
    faces: Shard,
    clips: Iterable[Clip],
    settings: ProjectionSettings,
    *,
    shard: ShardWriter,
    on_bad_clip: OnBadClip = "exclude",
) -> None:
    """Write the projections shard of one subject from its depth frames.

    Parameters
    ----------
    faces : Shard
        Open shard of kind ``faces``: each frame that it keeps is projected.
    clips : iterable of Clip
        The subject's clips, for their frame rates, apexes and cameras; one whose camera is not known has that of the
        settings.
    settings, shard
        As for `make_projections`.
    on_bad_clip : {"exclude", "fail"}
        A clip without depth, of another camera or whose face is outside a view is left out, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """
    by_id = {clip.id: clip for clip in clips}

    def compute(clip: str) -> ClipData:
        return projections_of_depth(faces, by_id[clip], settings)

    with opencv_threads(1):
        add_clips_of([faces], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def projections_of(meshes: Shard, clip: str, settings: ProjectionSettings) -> ClipData:
    """Compute the arrays and attributes of one clip from its meshes.

    Raises
    ------
    BadClipError
        When a view sees nothing of the face.
    """
    made = [pictures_of(frame, settings) for frame in read_meshes(meshes, clip).frames]
    attrs = meshes.attrs(clip)
    return _clip(made, settings, {name: attrs[name] for name in ("frames", "fps", "apex", "notes")})


def projections_of_depth(faces: Shard, clip: Clip, settings: ProjectionSettings) -> ClipData:
    """Compute the arrays and attributes of one clip from its depth frames.

    Raises
    ------
    BadClipError
        When the clip has no depth, its eyes are not as far apart as a person's, or a view sees nothing of the face.
    """
    own = Camera(*camera_of_text(clip.camera)) if clip.camera else None
    found = faces_in_depth(faces, clip.id, settings.rgbd, own)
    made = [pictures_of(one.mesh, settings, curtain=one.curtain) for one in found]
    attrs = faces.attrs(clip.id)
    frames, notes = [int(number) for number in attrs["frames"]], str(attrs["notes"])
    apex = frames.index(clip.apex) if clip.apex in frames else len(frames) // 2
    if clip.apex not in frames:
        notes = "; ".join(filter(None, (notes, "no apex among the frames: the middle one taken for it")))
    rate = clip.fps * (len(frames) - 1) / (frames[-1] - frames[0]) if len(frames) > 1 else clip.fps  # of what is kept
    return _clip(made, settings, {"frames": frames, "fps": rate, "apex": apex, "notes": notes})


def _clip(made: Sequence[Pictures], settings: ProjectionSettings, attrs: Mapping[str, Any]) -> ClipData:
    """Return what is stored of the pictures of all frames."""
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
    for name in ("texture", "hidden"):
        parts = [getattr(one, name) for one in made]
        if all(part is not None for part in parts):
            arrays[name] = np.concatenate(parts)
    return arrays, {"yaws": list(settings.yaws), "mm_per_px": settings.side_mm / settings.size_px, **attrs}
