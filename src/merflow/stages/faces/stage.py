"""Faces: find the face of each clip, predict its landmarks, and cut the aligned and the native crops."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import ClipData, OnBadClip, ShardWriter, add_clips
from merflow.datasets.clip import Clip
from merflow.datasets.reading.clip_frames import below_root
from merflow.datasets.reading.depth_numbers import check_depth_numbers
from merflow.datasets.reading.frame_source import frames_of
from merflow.datasets.reading.frames import list_frames
from merflow.errors import BadClipError
from merflow.landmarks.alignment import transform_points
from merflow.landmarks.outline import eye_distance_px, face_outline
from merflow.stages.faces.copied_frames import refuse_copied_roles, refuse_still_pictures, repeat_notes
from merflow.stages.faces.crops import FaceGeometry, FoundFace, Frames, cut_color, cut_depth, find_face
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.faces.doubts import Doubt, notes_of_doubts
from merflow.stages.faces.registration import registration_doubt
from merflow.stages.faces.settings import ALL_FRAMES, FaceSettings
from merflow.stages.faces.spacing import spacing_doubts

STAGE = "faces"


def extract_faces(
    clips: Sequence[Clip],
    settings: FaceSettings,
    *,
    root: Path,
    shard: ShardWriter,
    on_bad_clip: OnBadClip = "exclude",
) -> None:
    """Write the faces shard of one subject.

    Parameters
    ----------
    clips : sequence of Clip
        The subject's clips; an empty sequence writes an empty shard.
    settings : FaceSettings
        Everything that decides the numbers.
    root : Path
        Root of the dataset, which the clips' folders are relative to.
    shard : ShardWriter
        Open shard of kind ``faces``.
    on_bad_clip : {"exclude", "fail"}
        A clip without a face, with an unreadable frame, without depth on the face, or without motion to measure
        (apex = onset, or a copied picture) becomes a row of the shard's exclusions, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    ConfigError
        When the landmark model is missing or unreadable.
    """
    if not clips:
        return
    detector = FaceDetector(settings)
    by_id = {clip.id: clip for clip in clips}
    found = {clip.id: _face_or_reason(clip, settings, root=root, detector=detector) for clip in clips}
    whole = {clip: one.geometry for clip, one in found.items() if isinstance(one, FoundFace)}
    doubts = spacing_doubts({clip: eye_distance_px(one.landmarks) for clip, one in whole.items()}, settings.eye_ratio)

    def compute(clip: str) -> ClipData:
        onset, own = found.pop(clip), [doubts[clip]] if clip in doubts else []
        try:
            if isinstance(onset, BadClipError):
                raise onset
            return extract_clip(by_id[clip], settings, root=root, detector=detector, onset=onset, doubts=own)
        except BadClipError as error:
            raise BadClipError(error.reason, source=below_root(root, error.source)) from error

    add_clips(shard, by_id, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def _face_or_reason(
    clip: Clip, settings: FaceSettings, *, root: Path, detector: FaceDetector
) -> FoundFace | BadClipError:
    """Return the face of a clip, or why it cannot be found, which is for the clip's own turn to report."""
    try:
        return onset_face(clip, settings, root=root, detector=detector)
    except BadClipError as error:
        return error


def onset_face(clip: Clip, settings: FaceSettings, *, root: Path, detector: FaceDetector) -> FoundFace:
    """Find the face of a clip on its onset frame.

    Raises
    ------
    BadClipError
        When the clip shows no motion, the frame cannot be read, or there is no face.
    """
    refuse_still_clip(clip, settings)
    frames = frames_of(clip, root)
    return find_face(frames.read(clip.onset), settings, detector, source=frames.where(clip.onset))


def extract_clip(
    clip: Clip,
    settings: FaceSettings,
    *,
    root: Path,
    detector: FaceDetector,
    onset: FoundFace | None = None,
    doubts: Sequence[Doubt] = (),
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Compute the arrays and attributes of one clip of a ``faces`` shard.

    Parameters
    ----------
    clip : Clip
    settings : FaceSettings
    root : Path
        Root of the dataset.
    detector : FaceDetector
    onset : FoundFace, optional
        Its face on the onset frame, when that is known already.
    doubts : sequence of Doubt
        Those that the subject's other clips give.

    Raises
    ------
    BadClipError
        With the reason and the file, when the clip cannot be used.
    """
    onset = onset or onset_face(clip, settings, root=root, detector=detector)
    geometry, doubts = onset.geometry, list(doubts)
    colors = frames_of(clip, root)
    depths = list_frames(root / clip.depth) if clip.depth and settings.depth else {}
    check_depth_numbers(colors.numbers, [*depths])  # a reader of one's own may not have asked
    wanted = select_frames(clip, settings, available=colors.numbers)
    crops, kept, skipped = cut_color(wanted, colors, onset, detector, onset_number=clip.onset)
    notes = [*onset.notes, *_copy_notes(kept, np.stack([crop.native for crop in crops]), settings, source=clip.color)]
    arrays: dict[str, NDArray[Any]] = {
        "aligned_color": np.stack([crop.aligned for crop in crops]),
        "landmarks": np.stack([crop.landmarks for crop in crops]),
        "aligned_from_image": geometry.aligned_from_image,
    }
    if clip.depth and settings.depth:
        arrays["native_depth"] = cut_depth(
            kept,
            depths,
            geometry,
            arrays["landmarks"],
            settings=settings,
            unit_mm=clip.depth_unit_mm,
        )
        repeats = repeat_notes(kept, arrays["native_depth"], what="depth")
        if settings.needs_motion:
            doubts += [Doubt(f"expected depth of each named frame, found that {repeat}") for repeat in repeats]
        else:
            notes += repeats
        doubt = registration_doubt(arrays["native_depth"][0], arrays["landmarks"][0] - geometry.window[:2])
        doubts += [doubt] if doubt else []
    notes = [*_notes(geometry, settings, skipped), *notes]
    if "native_depth" in arrays and clip.depth_unit_mm != 1:
        notes.append(f"depth pictures in units of {clip.depth_unit_mm:g} mm")
    notes += notes_of_doubts(clip.id, doubts, settings, source=colors.where(clip.onset))
    return arrays, _attributes(kept, geometry, notes=notes)


def _copy_notes(kept: Frames, pictures: NDArray[np.uint8], settings: FaceSettings, *, source: str) -> list[str]:
    """Note frames that repeat another, and refuse a clip that has no motion for it; `source` is its folder."""
    if settings.needs_motion:
        refuse_copied_roles(kept, pictures, source=source)
    refuse_still_pictures([number for number, _ in kept], pictures, source=source)
    return repeat_notes(kept, pictures, what="picture")


def refuse_still_clip(clip: Clip, settings: FaceSettings) -> None:
    """Refuse a clip whose apex is its onset, where single frames with both are kept.

    Raises
    ------
    BadClipError
        There is no motion between a frame and itself; whole-sequence settings keep such clips.
    """
    if settings.needs_motion and clip.apex == clip.onset:
        raise BadClipError(
            f"apex == onset (frame {clip.onset}): expected an apex after the onset, or there is no motion to measure",
            source=clip.color,
        )


def select_frames(clip: Clip, settings: FaceSettings, *, available: Sequence[int]) -> Frames:
    """Choose the frames to keep, in time order.

    Parameters
    ----------
    clip : Clip
    settings : FaceSettings
        Its ``frames``.
    available : sequence of int
        Frame numbers that exist, sorted.

    Raises
    ------
    BadClipError
        When the annotation has no frame number for a role that is to be kept.
    """
    numbers = {"onset": clip.onset, "apex": clip.apex, "offset": clip.offset}
    roles = ("onset",) if settings.frames == (ALL_FRAMES,) else settings.frames
    for role in roles:
        if numbers[role] < 0:
            raise BadClipError(f"expected a frame number for the {role}, but the annotation has none")
    if settings.frames != (ALL_FRAMES,):
        return [(numbers[role], role) for role in settings.frames]
    last = clip.offset if clip.offset >= 0 else max(available, default=clip.onset)
    # Where two roles share a frame the earlier role names it.
    role_of = {number: role for role, number in reversed(numbers.items()) if number >= 0}
    between = {number for number in available if clip.onset <= number <= last}
    return [(number, role_of.get(number, "")) for number in sorted(between | set(role_of))]


def _attributes(kept: Frames, geometry: FaceGeometry, *, notes: Sequence[str]) -> dict[str, Any]:
    left, top, right, bottom = geometry.window
    height, width = geometry.shape
    return {
        "frames": [number for number, _ in kept],
        "roles": [role for _, role in kept],
        "native_origin": [left, top],
        "native_size": [right - left, bottom - top],
        "image_size": [width, height],
        "score": geometry.box.score,
        "faces_found": geometry.box.n_faces,
        "notes": "; ".join(notes),
    }


def _notes(geometry: FaceGeometry, settings: FaceSettings, skipped: Sequence[int]) -> list[str]:
    """Return what a person should know of this clip, in the order of the steps."""
    notes = []
    if geometry.box.n_faces > 1:
        notes.append(f"{geometry.box.n_faces} faces on the onset frame, the largest taken")
    if geometry.box.upsampled > settings.upsample:
        notes.append(f"face found only after the picture was doubled {geometry.box.upsampled} time(s)")
    if geometry.grey:
        notes.append("grey recording: the three channels are equal")
    outline = transform_points(geometry.aligned_from_image, face_outline(geometry.landmarks))
    n_outside = int(((outline < -0.5) | (outline > settings.size_px - 0.5)).any(axis=1).sum())
    if n_outside:
        notes.append(f"{n_outside} of {len(outline)} outline points outside the aligned crop")
    if skipped:
        notes.append(f"undecodable frames left out: {', '.join(map(str, skipped))}")
    return notes
