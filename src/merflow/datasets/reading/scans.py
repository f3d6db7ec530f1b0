"""Scans: the meshes of a clip with their textures and 3D landmarks, one of each a frame, found by a pattern.

A pattern is a path below the root of the dataset whose last part may hold ``*``. The frame of a file is the last
integer of its name, as of pictures.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from merflow.checks import check_setting
from merflow.datasets.clip import Clip
from merflow.datasets.reading.frame_choice import with_notes
from merflow.errors import BadClipError, UnreadableError
from merflow.reading import reading, reading_clip

MESHES = frozenset({".ply", ".obj", ".wrl"})
TEXTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"})
LANDMARKS = frozenset({".lm3", ".txt", ".bnd"})
"""Suffixes of the files; a folder may hold all three kinds."""

PATTERNS = ("meshes", "textures", "landmarks_3d")
"""Fields of a clip that hold a pattern."""

_SUFFIXES: Mapping[str, Collection[str]] = dict(zip(PATTERNS, (MESHES, TEXTURES, LANDMARKS), strict=True))
_LAST_INTEGER = re.compile(r"(\d+)\D*$", re.ASCII)
_MAX_DIGITS = 18


def check_pattern(pattern: str, key: str, placeholders: Sequence[str], *, each: bool = False) -> None:
    """Refuse a pattern that leads out of the root, or whose placeholders are none; an empty one is none.

    Parameters
    ----------
    pattern, key : str
        Of the setting.
    placeholders : sequence of str
        Those that the reader knows, ``{subject}`` and the like.
    each : bool
        Whether each of them, and ``*``, must be there: without, clips would share their files.
    """
    bare = pattern
    for placeholder in placeholders:
        bare = bare.replace(placeholder, "")
    *folders, name = PurePosixPath(pattern).parts or ("",)
    lacking = each and pattern and not ("*" in name and all(one in pattern for one in placeholders))
    check_setting(
        not {"{", "}"} & {*bare}
        and ".." not in (*folders, name)
        and not pattern.startswith("/")
        and "*" not in "".join(folders)
        and not lacking,
        key,
        expected=f"a pattern below the root with {', '.join(placeholders)}, and * in its last part alone",
        found=pattern,
    )


class ScanFiles(NamedTuple):
    """Files of one frame; `texture` is None where none has the number of the mesh."""

    number: int
    mesh: Path
    landmarks: Path
    texture: Path | None


def numbered_files(root: Path, pattern: str, suffixes: Collection[str]) -> dict[int, Path]:
    """Return the files of a pattern by number, ascending; none where its folder does not exist.

    Raises
    ------
    BadClipError
        When the folder cannot be read, or two files have one number.
    """
    if not pattern:
        return {}
    place = root / pattern
    with reading_clip(place.parent):
        names = sorted(path.name for path in place.parent.glob(place.name)) if place.parent.is_dir() else []
    found: dict[int, Path] = {}
    for name in names:
        number = _LAST_INTEGER.search(Path(name).stem)
        if name.startswith(".") or Path(name).suffix.lower() not in suffixes or number is None:
            continue
        if len(number[1]) > _MAX_DIGITS:
            raise BadClipError(f"expected numbered files, found {name}", source=str(place.parent))
        path = place.parent / name
        other = found.setdefault(int(number[1]), path)
        if other != path:
            raise BadClipError(
                f"expected one file of number {int(number[1])}, found {other.name} and {name}", source=str(place.parent)
            )
    return dict(sorted(found.items()))


def files_of_clip(clip: Clip, root: Path) -> dict[str, dict[int, Path]]:
    """Return the files of a clip by field of :data:`PATTERNS` and number; raises as :func:`numbered_files`.

    Meshes beside the pictures have the numbers of these, so that those from onset to offset are the clip's.
    """
    found = {name: numbered_files(root, getattr(clip, name), _SUFFIXES[name]) for name in PATTERNS}
    if PurePosixPath(clip.meshes).parent != PurePosixPath(clip.color):
        return found
    return {name: {n: p for n, p in paths.items() if clip.onset <= n <= clip.offset} for name, paths in found.items()}


def with_scans_beside(clip: Clip, root: Path, *, landmarks: str) -> Clip:
    """Give a clip the meshes beside its pictures, these as their textures, and its 3D landmarks, where they are there.

    Parameters
    ----------
    clip : Clip
        With its folder and an offset.
    root : Path
        Of the dataset.
    landmarks : str
        Pattern of its landmarks; empty = it has none.

    Returns
    -------
    Clip
        Another number of meshes or landmarks than of pictures is noted.
    """
    beside = f"{clip.color}/*"
    scanned = replace(clip, meshes=beside, textures=beside, landmarks_3d=landmarks)
    files = files_of_clip(scanned, root)
    if not files["meshes"]:
        return with_notes(clip, ["no meshes"])
    pictures = clip.offset - clip.onset + 1
    notes = [
        f"{len(found)} {what} where there are {pictures} pictures"
        for what, found in (("meshes", files["meshes"]), ("landmarks", files["landmarks_3d"]))
        if found and len(found) != pictures
    ]
    return with_notes(scanned if files["landmarks_3d"] else replace(scanned, landmarks_3d=""), notes)


def scans_of_clip(clip: Clip, root: Path) -> list[ScanFiles]:
    """Return the files of each frame of a clip, ascending.

    Raises
    ------
    BadClipError
        When there is no mesh, or a mesh without landmarks of its number.
    """
    files = files_of_clip(clip, root)
    meshes, textures, landmarks = (files[name] for name in PATTERNS)
    if not meshes:
        where = f"at {clip.meshes}" if clip.meshes else "in the index: the dataset has none, or its pattern is another"
        raise BadClipError(f"expected meshes of the clip, found none {where}", source=clip.color)
    bare = [number for number in meshes if number not in landmarks]
    if bare:
        raise BadClipError(
            f"expected 3D landmarks of each of the {len(meshes)} meshes, found none of frame {bare[0]}, and "
            f"{len(bare)} missing in all: add them, or take these meshes away",
            source=clip.landmarks_3d,
        )
    return [ScanFiles(number, path, landmarks[number], textures.get(number)) for number, path in meshes.items()]


def scan_paths(clip: Clip, root: Path) -> list[Path]:
    """Return all files that the scans of a clip are read from, as far as they can be listed; the stage says the rest.

    So are the materials beside meshes in OBJ; and where a mesh has no texture or material of its own number, all those
    beside it, of which it may name one.
    """
    try:
        found = files_of_clip(clip, root)
    except BadClipError:
        return []
    paths = [path for name in PATTERNS for path in found[name].values()]
    meshes = found["meshes"]
    own = {path.with_suffix(".mtl") for path in meshes.values() if path.suffix.lower() == ".obj"}
    materials = sorted(path for path in own if _is_there(path))
    named: set[str] = set() if len(materials) == len(own) else {".mtl"}
    named |= set() if meshes.keys() <= found["textures"].keys() else TEXTURES
    beside = _with_suffix({path.parent for path in meshes.values()}, named) if named else []
    return list(dict.fromkeys([*paths, *materials, *beside]))


def _with_suffix(folders: Collection[Path], suffixes: Collection[str]) -> list[Path]:
    """Return the files of folders that have one of some suffixes, sorted."""
    return sorted(path for folder in folders for path in folder.iterdir() if path.suffix.lower() in suffixes)


def without_scans(clip: Clip) -> Clip:
    """Return a clip for a stage that reads no meshes: itself where it has none, since planning asks for thousands."""
    has_scans = clip.meshes or clip.textures or clip.landmarks_3d
    return replace(clip, meshes="", textures="", landmarks_3d="") if has_scans else clip


def _is_there(path: Path) -> bool:
    try:
        with reading(path):
            return path.is_file()
    except UnreadableError:
        return False
