"""Meshes: each frame of a clip straightened to the frontal mean face and cropped to the face."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import ClipData, OnBadClip, ShardWriter, add_clips
from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.reading.clip_frames import below_root
from merflow.datasets.reading.frames import read_color
from merflow.datasets.reading.scans import ScanFiles, scans_of_clip
from merflow.errors import BadClipError
from merflow.imaging.opencv_threads import opencv_threads
from merflow.meshes.files import read_landmarks, read_mesh
from merflow.meshes.mesh import check_textured, degenerate
from merflow.stages.meshes.cropping import in_face, off_surface
from merflow.stages.meshes.settings import MeshSettings
from merflow.stages.meshes.straightening import check_unit, moved, residuals, straighten
from merflow.stages.meshes.texturing import cut, in_window, texture_window

STAGE = "meshes"
UV_SLACK = 0.01
"""How far beyond the texture a coordinate may lead; it then has the colour of the border."""

FloatArray = NDArray[np.float64]


class _Face(NamedTuple):
    """One frame, mm, not yet cropped; `uv` is empty where no texture is asked for, `flat` counts flat triangles."""

    vertices: FloatArray
    triangles: NDArray[np.int32]
    uv: NDArray[np.float32]
    landmarks: FloatArray
    texture: Path | None
    flat: int


class _Cropped(NamedTuple):
    vertices: FloatArray
    triangles: NDArray[np.int64]
    uv: NDArray[np.float32]


def make_meshes(
    clips: Iterable[Clip],
    settings: MeshSettings,
    *,
    root: Path,
    shard: ShardWriter,
    on_bad_clip: OnBadClip = "exclude",
) -> None:
    """Write the meshes shard of one subject.

    Parameters
    ----------
    clips : iterable of Clip
        The subject's clips.
    settings : MeshSettings
    root : Path
        Root of the dataset, which the patterns of the clips are relative to.
    shard : ShardWriter
        Open shard of kind ``meshes``.
    on_bad_clip : {"exclude", "fail"}
        A clip without meshes, with one that cannot be read, without texture or landmarks, or of another unit becomes a
        row of the shard's exclusions, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """
    by_id = {clip.id: clip for clip in clips}

    def compute(clip: str) -> ClipData:
        try:
            return meshes_of_clip(by_id[clip], settings, root=root)
        except BadClipError as error:
            raise BadClipError(error.reason, source=below_root(root, error.source)) from error

    with opencv_threads(1):
        add_clips(shard, by_id, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def meshes_of_clip(clip: Clip, settings: MeshSettings, *, root: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Compute the arrays and attributes of one clip of a ``meshes`` shard.

    Raises
    ------
    BadClipError
        With the reason and the file, when the clip cannot be used.
    """
    files = scans_of_clip(clip, root)
    recorded = [_read(one, settings) for one in files]
    frontal_from_mesh = straighten(np.stack([face.landmarks for face in recorded]), settings.fit)
    faces = [
        face._replace(vertices=moved(face.vertices, matrix), landmarks=moved(face.landmarks, matrix))
        for face, matrix in zip(recorded, frontal_from_mesh, strict=True)
    ]
    constant = all(np.array_equal(face.triangles, faces[0].triangles) for face in faces[1:])
    constant = constant and len({len(face.vertices) for face in faces}) == 1
    cropped, missing = _crop(faces, settings, constant=constant, source=str(files[0].mesh))
    shared = cropped[:1] if constant else cropped
    arrays: dict[str, NDArray[Any]] = {
        "vertices": np.concatenate([one.vertices for one in cropped]),
        "triangles": np.concatenate([one.triangles for one in shared]),
        "landmarks": np.stack([face.landmarks for face in faces]),
        "frontal_from_mesh": frontal_from_mesh,
        "residual": residuals(np.stack([face.landmarks for face in faces])),
    }
    if settings.textures:
        arrays |= _textures([face.texture for face in faces], shared, settings)
    apex, fps, notes = _times(clip, len(files))
    flat = sum(face.flat for face in faces)
    notes += [f"{flat} triangles without area in {len(files)} frames"] if flat else []
    return arrays, {
        "frames": [one.number for one in files],
        "fps": fps,
        "apex": apex,
        "vertex_counts": [len(one.vertices) for one in cropped],
        "triangle_counts": [len(one.triangles) for one in shared],
        "missing_vertices": missing,
        "notes": "; ".join(notes),
    }


def _read(files: ScanFiles, settings: MeshSettings) -> _Face:
    """Read one frame in mm."""
    mesh = read_mesh(files.mesh)
    texture = _texture_of(files, mesh.texture)
    uv = check_textured(mesh, files.mesh, texture) if settings.textures else None
    landmarks = read_landmarks(files.landmarks) * settings.unit_mm
    try:
        check_unit(landmarks, settings)
    except BadClipError as error:
        raise BadClipError(error.reason, source=str(files.landmarks)) from error
    flat = int(degenerate(mesh).sum())
    if flat == len(mesh.triangles):
        reason = f"expected triangles with an area, found {flat} without any: export the mesh again"
        raise BadClipError(reason, source=str(files.mesh))
    no_uv = np.empty((0, 2), dtype=np.float32)
    vertices = mesh.vertices * settings.unit_mm
    return _Face(vertices, mesh.triangles, no_uv if uv is None else uv, landmarks, texture, flat)


def _texture_of(files: ScanFiles, named: str) -> Path | None:
    """Return the texture of a frame: the file of its number, or else the one beside the mesh that the mesh names."""
    beside = files.mesh.with_name(named) if named else None
    return files.texture or (beside if beside is not None and beside.is_file() else None)


def _crop(
    faces: Sequence[_Face], settings: MeshSettings, *, constant: bool, source: str
) -> tuple[list[_Cropped], list[int]]:
    """Return the face of each frame, and how many of its vertices are missing.

    Under one topology the first frame decides for all of them which vertices are the face, so that they stay the same.
    """
    kept = [
        in_face(face.vertices, face.triangles, face.landmarks, settings) for face in (faces[:1] if constant else faces)
    ]
    if not all(one.any() for one in kept):
        raise BadClipError(
            "expected a face within the outline of the 3D landmarks, found no triangle there: are the landmarks in the "
            "frame and the unit of the mesh?",
            source=source,
        )
    cropped, missing = [], []
    for number, face in enumerate(faces):
        mask = kept[0 if constant else number]
        triangles = face.triangles[mask[face.triangles].all(axis=1)]
        used = np.unique(triangles)
        places = np.zeros(len(mask), dtype=np.int64)
        places[used] = np.arange(len(used))
        vertices = face.vertices[used]
        spikes = off_surface(vertices, places[triangles], settings)
        vertices[spikes] = np.nan
        missing.append(int(spikes.sum()))
        cropped.append(_Cropped(vertices, places[triangles], face.uv[used] if len(face.uv) else face.uv))
    return cropped, missing


def _textures(
    paths: Sequence[Path | None], shared: Sequence[_Cropped], settings: MeshSettings
) -> dict[str, NDArray[Any]]:
    """Return the window of the texture that shows the face, in each frame, and the coordinates in it."""
    pictures = [read_color(path) for path in paths if path is not None]
    shapes = {picture.shape[:2] for picture in pictures}
    if len(shapes) > 1:
        reason = f"expected textures of one size, found {sorted(shapes)}: bring them to one"
        raise BadClipError(reason, source=str(paths[0]))
    low, high = (float(pick([pick(one.uv) for one in shared])) for pick in (np.min, np.max))
    if low < -UV_SLACK or high > 1 + UV_SLACK:
        raise BadClipError(
            f"expected texture coordinates of 0 to 1 on the face, found {low:.3g} to {high:.3g}: a texture is not "
            "repeated here, and there is one for each frame. Export the meshes again with one that holds the face",
            source=str(paths[0]),
        )
    shape = (int(pictures[0].shape[0]), int(pictures[0].shape[1]))
    window = texture_window([one.uv for one in shared], shape, settings.texture_px)
    return {
        "texture": np.stack([cut(picture, window) for picture in pictures]),
        "uv": np.concatenate([in_window(one.uv, window, shape) for one in shared]),
    }


def _times(clip: Clip, n_frames: int) -> tuple[int, float, list[str]]:
    """Return the apex's place among the meshes, their rate, and a note where these are not one a grey frame."""
    if NO_FRAME in (clip.apex, clip.offset):
        return n_frames // 2, clip.fps, ["no apex or offset annotated: the middle mesh taken for the apex"]
    n_grey = clip.offset - clip.onset + 1
    if n_grey == n_frames:
        return clip.apex - clip.onset, clip.fps, []
    rate = (n_frames - 1) / max(n_grey - 1, 1)
    place = round((clip.apex - clip.onset) * rate)
    note = f"{n_frames} meshes where there are {n_grey} grey frames: the apex is taken to be mesh {place + 1}"
    return place, clip.fps * rate, [note]
