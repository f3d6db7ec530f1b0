"""4DME: grey at 60 frames a second, several action units and emotions a clip, folds; clips, long videos or faces."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from merflow.datasets.fourdme.au_emotions import emotions_of_units
from merflow.datasets.fourdme.cells import EMOTION_COLUMNS, FOLDS, UNIT_COLUMNS
from merflow.synthesis.camera import Camera
from merflow.synthesis.containers import write_xlsx
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout
from merflow.synthesis.repertoire import Display
from merflow.synthesis.timing import Recording

SHEET = "4DME_Labelling_Micro_release v1.xlsx"
COLUMNS = (
    *("sub_ID", "fold_name", "Emotion", "Onset", "Apex", "Offset", "AUs"),
    *UNIT_COLUMNS,
    *EMOTION_COLUMNS,
    *("eye blink", "fold", "Total"),
)

DISPLAYS = (
    *("4", "6+12", "1+2", "17", "4+7", "12+45", "1+4", "1+2+12", "6", "4+17"),
    *("1+2+5", "12", "4+7+45", "1+2+4", "6+7+12", "12+17", "5", "4+7+12", "45", "7"),
)
"""What is shown, dealt out to the subjects in this order, again from the first after the last.

Each of the eight units of the paper (1, 2, 4, 6, 7, 12, 17, 45) is in three displays at least, and so is each emotion.
Any 12 neighbours have them all."""

_BLINK, _BLINK_FACTOR = 45, 6.0  # 6 to 12 mm where the other units move by 1 to 2: half closed to closed
_FILMS = 11
_ALL = "clips"  # label that every clip has


@dataclass(frozen=True, slots=True, kw_only=True)
class FourdmeLayout(Layout):
    """4DME; the three ways to keep it share subjects and expressions.

    Parameters
    ----------
    folder : str
        Frames are ``<folder>/S01/001_01_1/Frame_000001823.jpg``.
    whole_video : bool
        The long videos, ``<folder>/S01/S01_001_01/...``.
    """

    folder: str

    def subject(self, index: int) -> str:
        """Return ``S01``, ``S02`` and so on."""
        return f"S{index + 1:02d}"

    def shown(
        self, rng: np.random.Generator, index: int, *, clips: int, others: int, macro: int
    ) -> list[tuple[str, str]]:
        """Return the displays of a subject, those that follow on the ones of the subject before, shuffled."""
        dealt = [DISPLAYS[(index * clips + k) % len(DISPLAYS)] for k in range(clips)]
        return [(str(units), "micro") for units in rng.permutation(dealt)]

    def display(self, rng: np.random.Generator, shown: str) -> Display:
        """Return the units of a display, and the emotions that Table 4 of the paper gives them."""
        units = tuple(map(int, shown.split("+")))
        return Display("+".join(emotions_of_units(units)), units, "")

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return one clip each, ``<film 1 to 11>_<segment>_<expression>``: ``001_01_1``, ``002_01_1`` and so on."""
        return [f"{1 + k % _FILMS:03d}_{1 + k // _FILMS:02d}_1" for k in range(len(emotions))]

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return ``Frame_000001823.jpg`` in the folder of the clip, or of the long video."""
        name = f"{record.subject}_{record.video.rpartition('_')[0]}" if self.whole_video else record.video
        return FramePaths(root / self.folder / record.subject / name / f"Frame_{number:09d}.jpg", None)

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the words of the sheet, such as ``AU1+2+12`` and ``Positive+Surprise``; no emotion is empty."""
        words = "+".join(word.capitalize() for word in display.emotion.split("+"))
        return Labels(au=f"AU{display.au_string}", objective="", emotion=words)

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the sheet of micro-expressions, by subject and clip."""
        folds = folds_of(records)
        rows = [_row(record, folds[record.subject]) for record in sorted(records, key=lambda r: (r.subject, r.video))]
        write_xlsx(Path(root) / SHEET, "Sheet1", COLUMNS, rows)


def folds_of(records: Sequence[ClipRecord]) -> Mapping[str, int]:
    """Put subjects into folds of about equally many clips of each unit and each emotion.

    Subjects with most clips come first. Each goes into the fold with the fewest clips; of several into the one whose
    clips share least with its own, where the sum of the squared counts of the labels grows least.

    Returns
    -------
    mapping of str to int
        Subject -> fold from 1 on.
    """
    own: dict[str, Counter[str]] = {}
    for record in records:
        labels = [*record.au.removeprefix("AU").split("+"), *record.emotion.split("+"), _ALL]
        own.setdefault(record.subject, Counter()).update(labels)
    loads: list[Counter[str]] = [Counter() for _ in FOLDS]
    folds = {}
    for subject in sorted(own, key=lambda name: (-own[name][_ALL], name)):
        costs = [(load[_ALL], sum(load[label] * n for label, n in own[subject].items())) for load in loads]
        chosen = costs.index(min(costs))
        loads[chosen].update(own[subject])
        folds[subject] = chosen + 1
    return folds


def _row(r: ClipRecord, fold: int) -> tuple[object, ...]:
    units = set(map(int, r.au.removeprefix("AU").split("+")))
    words = r.emotion.split("+")
    one_hot = [int(number in units) for number in UNIT_COLUMNS.values()]
    emotions = [int(column in words) for column in EMOTION_COLUMNS]
    frames = (r.onset, r.apex, r.offset)
    return (
        r.subject,
        r.video,
        r.emotion or None,
        *frames,
        r.au,
        *one_hot,
        *emotions,
        int(_BLINK in units),
        fold,
        len(units),
    )


def _layout(folder: str, *, long: bool = False, cropped: bool = False) -> FourdmeLayout:
    return FourdmeLayout(
        entries=("gray_micro", "gray_micro_crop", "long_gray_video", SHEET),
        first_frames=(500, 12000),
        recording=Recording(fps=60.0, frames_before=20, frames_after=25),
        camera=Camera(f=900.0, cx=319.5, cy=239.5, width=640, height=480),
        grey=True,
        unit_factors={_BLINK: _BLINK_FACTOR},
        folder=folder,
        whole_video=long,
        cropped=cropped,
    )


CLIPS = _layout("gray_micro")
LONG = _layout("long_gray_video/long gray video", long=True)
CROPPED = _layout("gray_micro_crop", cropped=True)
