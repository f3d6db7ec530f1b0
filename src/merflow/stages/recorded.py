"""Recordings as the stages see them: which frames a stage reads, and clips without their labels.

A stage that is given no label cannot depend on one. So an edit of a label makes no artefact stale.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from merflow.artefacts.provenance import canonical_json
from merflow.datasets.clip import Clip
from merflow.datasets.reading.scans import without_scans

CASME3_FOCAL_PX = 1324.65
"""Focal length of the depth camera of CAS(ME)^3, px, as the authors of Lite-Point-GCN use it."""


class RecordedFrames(NamedTuple):
    """What a stage reads: frames of which roles (``onset``, ``apex``, ``offset``; ``all``), depth and meshes or not.

    A stage with `camera` is told the camera of a clip, where the index knows it.
    """

    roles: tuple[str, ...]
    depth: bool
    scans: bool = False
    camera: bool = False

    @property
    def files(self) -> bool:
        """Whether it reads recorded files at all, and not only what the index says of its clips."""
        return bool(self.roles) or self.scans


class CameraSettings(NamedTuple):
    """A depth camera as settings name it: focal length and principal point, px; None = the middle of the frames."""

    focal_px: float
    cx_px: float | None
    cy_px: float | None


def recorded_clips(clips: Iterable[Clip], *, depth: bool, scans: bool = False, camera: bool = False) -> list[Clip]:
    """Return clips without their labels and notes.

    Parameters
    ----------
    clips : iterable of Clip
        Of one subject.
    depth : bool
        Whether the stage reads depth; without it the clips have none.
    scans : bool
        Whether it reads meshes; likewise.
    camera : bool
        Whether it is told the camera; likewise.
    """
    return [
        replace(
            clip if scans else without_scans(clip),
            expression="micro",
            aus="",
            emotion="",
            objective="",
            label="",
            notes="",
            depth=clip.depth if depth else "",
            depth_unit_mm=clip.depth_unit_mm if depth else 1.0,
            camera=clip.camera if camera else "",
        )
        for clip in clips
    ]


def clips_digest(clips: Sequence[Clip]) -> str:
    """Return one SHA-256 over what the index says of recorded clips that decides an artefact.

    Folders are left out: what lies in them is compared by its content, wherever it lies. Where a video does not count
    from 0, and a camera, stand behind, so that the digests of all others are those of earlier versions.
    """
    rows = [
        [
            *(clip.id, clip.part, clip.onset, clip.apex, clip.offset, clip.fps, bool(clip.depth), clip.depth_unit_mm),
            *([clip.first_frame] if clip.first_frame else []),
            *([clip.camera] if clip.camera else []),
        ]
        for clip in clips
    ]
    return hashlib.sha256(canonical_json(rows).encode()).hexdigest()
