"""Clip: one annotated expression of one subject."""

from dataclasses import dataclass
from typing import Literal, TypedDict

NO_FRAME = -1
"""Apex or offset of a clip whose annotation names none."""

Expression = Literal["micro", "macro"]


class Exclusion(TypedDict):
    """One row of ``exclusions.csv``: what was left out, at which stage, why, and the file that shows it."""

    clip: str
    subject: str
    stage: str
    reason: str
    source: str


NO_EMOTION = "none"
"""What stands in `Clip.emotions` of a clip that was coded and shows none of the emotions that were asked for."""

EXCLUSION_COLUMNS = tuple(Exclusion.__annotations__)


@dataclass(frozen=True, slots=True)
class Clip:
    """One annotated expression.

    Parameters
    ----------
    dataset, subject, video : str
        Name in the configuration, then subject and video as the annotation spells them (``006`` stays a string).
    part : str
        Part of the dataset (``A``, ``C``; ``HS``, ``VIS``, ``NIR``); empty when it has one part only.
    expression : {"micro", "macro"}
        Kind of expression.
    onset, apex, offset : int
        Frame numbers as in the file names; -1 = the annotation names none (apex and offset only). The onset of a ready
        picture, which has no frames, is 0.
    fps : float
        Frames per second of the recording; 0 = a ready picture, of which there is none.
    aus : str
        Action units as in the sheet.
    emotion : str
        anger, disgust, fear, happiness, sadness, surprise, others, contempt, repression; of sets that tell no finer
        negative, positive; empty = not labelled.
    objective : str
        Objective class, Roman ``I`` to ``VII``; empty = not labelled.
    color, depth : str
        Folders of the frames, or a video in place of that of the colour frames, relative to the root of the dataset,
        POSIX; only depth may be absolute, under `depth_root`, and it is empty when there is none. Of a ready
        picture (reader ``flow_images``) color is the file itself.
    notes : str
        What was corrected or filled in, joined by ``"; "``.
    depth_unit_mm : float
        Mm that 1 in the depth pictures stands for.
    emotions : str
        Where a coder gave several emotions at once: words as of `emotion`, joined by ``+``; ``none`` = the coder saw
        none of those that were asked for. Empty = the annotation is not of this kind, or its cells are empty.
    fold : str
        Fold that the annotation itself puts the clip into, letters and digits; empty = none.
    label : str
        Class of the dataset's own label set, a word of its ``classes``; empty = the dataset has none, or not labelled.
    first_frame : int
        Number of the first frame of a video; of frames in a folder, which have their own numbers, 0.
    meshes, textures, landmarks_3d : str
        Patterns of the files of the frames' meshes, relative to the root of the dataset, such as
        ``mesh_micro/S08/002_01_1/*``; empty when there are none.
    camera : str
        Camera of the depth, as :attr:`merflow.datasets.intrinsics.Intrinsics.text` writes it: ``fx fy cx cy``, px;
        empty = the index knows none, and the settings of the clouds name one for all clips.
    coded_units : str
        Action units that the coder looked for, numbers with blanks between them, ascending: ``1 2 4``. Of any other it
        is not known whether the clip shows it. Empty = all of FACS.
    """

    dataset: str
    subject: str
    video: str
    part: str
    expression: Expression
    onset: int
    apex: int
    offset: int
    fps: float
    aus: str
    emotion: str
    objective: str
    color: str
    depth: str
    notes: str
    depth_unit_mm: float = 1.0
    emotions: str = ""
    fold: str = ""
    label: str = ""
    first_frame: int = 0
    meshes: str = ""
    textures: str = ""
    landmarks_3d: str = ""
    camera: str = ""
    coded_units: str = ""

    @property
    def id(self) -> str:
        """``<subject>_<video>_<onset>``, the name of the clip in every table and artefact."""
        return clip_id(self.subject, self.video, self.onset)


def clip_id(subject: str, video: str, onset: int) -> str:
    """Return the name of a clip: ``<subject>_<video>_<onset>``."""
    return f"{subject}_{video}_{onset}"
