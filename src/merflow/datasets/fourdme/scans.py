"""The other cameras of 4DME: where their files lie, and whether there are as many as the grey frames ask for."""

import glob
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.fourdme.settings import PLACEHOLDERS, FourdmeSettings
from merflow.datasets.index import Index
from merflow.datasets.reading.frame_choice import with_notes
from merflow.datasets.reading.scans import LANDMARKS, MESHES, TEXTURES, numbered_files
from merflow.errors import BadClipError

_SLACK = 1
"""Frames by which two cameras that software starts may differ."""


class _Camera(NamedTuple):
    name: str
    pattern: str
    suffixes: frozenset[str]
    fps: float
    slack: int


class _Found(NamedTuple):
    """How many files of a camera there are, and what a person should know of them."""

    number: int
    note: str


def with_scans(index: Index, root: Path, settings: FourdmeSettings) -> Index:
    """Give the clips of an index their meshes, textures and 3D landmarks; note what is missing of any camera.

    A camera whose folder does not exist is not looked for.

    Parameters
    ----------
    index : Index
    root : Path
        Of the dataset.
    settings : FourdmeSettings
    """
    cameras = [one for one in _cameras(settings) if one.pattern and _base(root, one.pattern).is_dir()]
    if not cameras:
        return index
    clips, totals = [], dict.fromkeys((one.name for one in cameras), 0)
    for clip in index.clips:
        found = {one.name: _looked_for(clip, one, root, settings.fps) for one in cameras}
        totals = {name: total + found[name].number for name, total in totals.items()}
        meshes = found.get("meshes", _Found(0, "")).number
        notes = [one.note for one in found.values() if one.note]
        clips.append(with_notes(_with_patterns(clip, settings) if meshes else clip, notes))
    told = ", ".join(f"{total} {name}" for name, total in totals.items())
    note = f"other cameras: {told}, of {len(clips)} clips"
    return replace(index, clips=tuple(clips), notes=(*index.notes, note))


def _with_patterns(clip: Clip, settings: FourdmeSettings) -> Clip:
    return replace(
        clip,
        meshes=_filled(settings.meshes, clip),
        textures=_filled(settings.textures, clip),
        landmarks_3d=_filled(settings.landmarks, clip),
    )


def _cameras(settings: FourdmeSettings) -> Sequence[_Camera]:
    fps, kinect = settings.fps, settings.kinect_fps
    depth = frozenset({".png", ".tif", ".tiff"})
    return (
        _Camera("meshes", settings.meshes, MESHES, fps, 0),
        _Camera("textures", settings.textures, TEXTURES, fps, 0),
        _Camera("3D landmarks", settings.landmarks, LANDMARKS, fps, 0),
        _Camera("colour frames", settings.rgb, TEXTURES, kinect, _SLACK),
        _Camera("depth frames", settings.depth, depth, kinect, _SLACK),
    )


def _looked_for(clip: Clip, camera: _Camera, root: Path, fps: float) -> _Found:
    """Count the files of one camera of a clip, and say where the grey camera asks for another number."""
    try:
        found = len(numbered_files(root, _filled(camera.pattern, clip), camera.suffixes))
    except BadClipError as error:
        return _Found(0, f"{camera.name}: {error}")
    if clip.offset == NO_FRAME:
        return _Found(found, "")
    grey = clip.offset - clip.onset + 1
    expected = int(-(-grey * camera.fps // fps))
    differs = abs(found - expected) > camera.slack
    return _Found(found, f"{found} {camera.name} where {grey} grey frames ask for {expected}" if differs else "")


def _filled(pattern: str, clip: Clip) -> str:
    """Return a pattern with the names of a clip; in its last part no character of a name stands for others."""
    folder, slash, name = pattern.rpartition("/")
    grey = "/".join(PurePosixPath(clip.color).parts[-2:])
    for placeholder, word in zip(PLACEHOLDERS, (clip.subject, clip.video, grey), strict=True):
        folder, name = folder.replace(placeholder, word), name.replace(placeholder, glob.escape(word))
    return f"{folder}{slash}{name}"


def _base(root: Path, pattern: str) -> Path:
    """Return the folder in front of the first placeholder or star: where it does not exist, no clip has a file."""
    parts = PurePosixPath(pattern).parts
    fixed = [part for k, part in enumerate(parts[:-1]) if not any("{" in one or "*" in one for one in parts[: k + 1])]
    return root.joinpath(*fixed)
