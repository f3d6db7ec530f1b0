"""Where CAS(ME)^3 keeps each file, and how its frames and sheets are written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from merflow.errors import DatasetError
from merflow.synthesis.containers import write_xlsx

MICRO_SHEET = "part_A/annotation/cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"
MICRO_COLUMNS = ("Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion")
MACRO_SHEET = "part_A/annotation/cas(me)3_part_A_MaE_label_JpgIndex_v2_emotion.xlsx"
MACRO_COLUMNS = ("sub", "seq", "onset", "apex", "offset", "au", "emotion")
VIDEOS = "abcdefghijklm"

_MACRO_SPELLING = {"happy": "happiness", "sad": "sadness"}  # the macro sheet's words for the micro sheet's
_JPEG_QUALITY = 95
_PNG_COMPRESSION = 1


@dataclass(frozen=True, slots=True)
class ClipRecord:
    """One row of the label sheet, and whether the clip shows a micro- or a macro-expression.

    Parameters
    ----------
    subject, video : str
        ``spNO.<n>`` and a letter from a to m.
    onset, apex, offset : int
        Frame numbers, the file names' own.
    au, objective, emotion : str
        As the official micro sheet spells them: ``4+7``, ``III``, ``anger``.
    expression : str
        ``micro`` or ``macro``.
    """

    subject: str
    video: str
    onset: int
    apex: int
    offset: int
    au: str
    objective: str
    emotion: str
    expression: str = "micro"

    @property
    def id(self) -> str:
        """``<subject>_<video>_<onset>``, the name of the clip and of its ground truth."""
        return f"{self.subject}_{self.video}_{self.onset}"


def clip_folders(root: Path, record: ClipRecord, layout: str) -> tuple[Path, Path]:
    """Return the folders of a clip's colour and depth frames.

    Parameters
    ----------
    root : Path
        Root of the dataset.
    record : ClipRecord
        The clip.
    layout : str
        ``raw``: part_A/data/part_A/<subject>/<video>/{color,depth};
        ``clips``: Part_A_ME_clip/{frame,depth}/<clip id>, and Part_A_MaE_clip for macro clips.
    """
    if layout == "raw":
        video = root / "part_A" / "data" / "part_A" / record.subject / record.video
        return video / "color", video / "depth"
    pack = root / ("Part_A_ME_clip" if record.expression == "micro" else "Part_A_MaE_clip")
    return pack / "frame" / record.id, pack / "depth" / record.id


def ground_truth_path(root: Path, clip_id: str) -> Path:
    """Return where the demo keeps the ground truth of a clip."""
    return Path(root) / "gt" / f"{clip_id}.npz"


def write_frame(folders: tuple[Path, Path], number: int, color: NDArray[np.uint8], depth: NDArray[np.uint16]) -> None:
    """Write one frame as ``<number>.jpg`` and ``<number>.png``.

    Parameters
    ----------
    folders : tuple of Path
        Folders of the colour and the depth frames; they exist.
    number : int
        Frame number, not padded.
    color : ndarray of shape (H, W, 3), uint8
        RGB.
    depth : ndarray of shape (H, W), uint16
        mm, 0 = missing.

    Raises
    ------
    DatasetError
        The frame exists already: two clips would share it.
    """
    import cv2

    color_path, depth_path = folders[0] / f"{number}.jpg", folders[1] / f"{number}.png"
    for path in (color_path, depth_path):
        if path.exists():
            raise DatasetError(f"expected {path} not to exist yet; remove the dataset's folder before it is made again")
    _encode(color_path, np.ascontiguousarray(color[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    _encode(depth_path, depth, [cv2.IMWRITE_PNG_COMPRESSION, _PNG_COMPRESSION])


def _encode(path: Path, image: NDArray[np.uint8] | NDArray[np.uint16], parameters: list[int]) -> None:
    """Encode and write; OpenCV's own writer reports a full disk by a return value only."""
    import cv2

    _, encoded = cv2.imencode(path.suffix, image, parameters)
    path.write_bytes(encoded.tobytes())


def write_sheets(root: Path, records: Sequence[ClipRecord]) -> None:
    """Write the micro sheet, and the macro sheet when there are macro clips.

    Parameters
    ----------
    root : Path
        Root of the dataset.
    records : sequence of ClipRecord
        In any order; rows are sorted by subject number, video and onset.
    """
    ordered = sorted(records, key=_reading_order)
    micro = [
        (r.subject, r.video, r.onset, r.apex, r.offset, r.au, r.objective, r.emotion)
        for r in ordered
        if r.expression == "micro"
    ]
    macro = [
        (r.subject, r.video, r.onset, r.apex, r.offset, r.au, _MACRO_SPELLING.get(r.emotion, r.emotion))
        for r in ordered
        if r.expression == "macro"
    ]
    path = Path(root) / MICRO_SHEET
    path.parent.mkdir(parents=True, exist_ok=True)
    write_xlsx(path, "label", MICRO_COLUMNS, micro)
    if macro:
        write_xlsx(Path(root) / MACRO_SHEET, "label", MACRO_COLUMNS, macro)


def _reading_order(record: ClipRecord) -> tuple[int, str, int]:
    """Sort key: the number in the subject's name, then video, then onset."""
    return int(re.sub(r"\D", "", record.subject)), record.video, record.onset
