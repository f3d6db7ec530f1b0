"""MMEW: cropped faces at 90 frames a second, in folders named by their emotions, each counted from 1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.synthesis.camera import Camera
from merflow.synthesis.containers import write_xlsx
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout
from merflow.synthesis.repertoire import Display
from merflow.synthesis.timing import Recording
from merflow.synthesis.words import noun

SHEET = "MMEW_Micro_Exp.xlsx"
COLUMNS = (
    "Subject",
    "Filename",
    "OnsetFrame",
    "ApexFrame",
    "OffsetFrame",
    "Action Units",
    "Estimated Emotion",
    "remarks",
)

_CODES = ("happiness", "surprise", "disgust", "fear", "sadness", "anger", "others")
_FOLDERS = {"others": "repression"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MmewLayout(Layout):
    """MMEW: ``Micro_Expression/happiness/S03-01-002/1.jpg``."""

    def subject(self, index: int) -> str:
        """Return ``S01``, ``S02`` and so on."""
        return f"S{index + 1:02d}"

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return one video a clip: the place of its emotion, and how many there were before."""
        return [f"{_CODES.index(noun(word)) + 1:02d}-{k:03d}" for k, word in enumerate(emotions, start=1)]

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return ``1.jpg`` in the folder of the clip, in that of its emotion."""
        folder = root / "Micro_Expression" / _FOLDERS.get(record.emotion, record.emotion)
        return FramePaths(folder / f"{record.subject}-{record.video}" / f"{number}.jpg", None)

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the words of MMEW, which has no objective classes."""
        return Labels(au=display.au_string, objective="", emotion=noun(display.emotion))

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the sheet, by subject and video."""
        ordered = sorted(records, key=lambda r: (r.subject, r.video))
        rows = [
            (r.subject, f"{r.subject}-{r.video}", r.onset, r.apex, r.offset, r.au, r.emotion, None) for r in ordered
        ]
        write_xlsx(Path(root) / SHEET, "Sheet1", COLUMNS, rows)


CROPPED = MmewLayout(
    entries=("Micro_Expression", "Macro_Expression", SHEET),
    first_frames=(1, 1),
    recording=Recording(fps=90.0, frames_before=0, frames_after=0),
    camera=Camera(f=900.0, cx=319.5, cy=239.5, width=640, height=480),
    cropped=True,
)
