"""SAMM Long Videos: grey at 200 frames a second, 2040 x 1088 px, a long video for each movement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.datasets.samm_lv.reader import SHEETS
from merflow.datasets.samm_lv.sheets import SHEET
from merflow.synthesis.camera import Camera
from merflow.synthesis.containers import write_xlsx
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout
from merflow.synthesis.repertoire import Display
from merflow.synthesis.timing import Recording
from merflow.synthesis.words import with_strengths

COLUMNS = (
    "Subject",
    "Filename",
    "Inducement Code",
    "Onset",
    "Apex",
    "Offset",
    "Duration",
    "Type",
    "Action Units",
    "Notes",
)
HEADER_ROW = 10
"""Excel's number of the row of the header; nine rows of notes stand above it."""

_FIRST_SUBJECT = 6
_TYPES = {"micro": "Micro - 1/2", "macro": "Macro"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SammLvLayout(Layout):
    """SAMM Long Videos: ``SAMM_longvideos/006_1/006_1_0001.jpg``, and a sheet of movements without emotions."""

    def subject(self, index: int) -> str:
        """Return ``006``, ``007`` and so on."""
        return f"{_FIRST_SUBJECT + index:03d}"

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return one long video a movement, ``<video>_<movement>``: ``1_1``, ``2_1`` and so on."""
        return [f"{k}_1" for k in range(1, len(emotions) + 1)]

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return ``006_1_0001.jpg`` in the folder of the long video."""
        video = f"{record.subject}_{record.video.partition('_')[0]}"
        return FramePaths(root / "SAMM_longvideos" / video / f"{video}_{number:04d}.jpg", None)

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the action units with the letters of their strength, such as ``4B+7A``, and no other label."""
        return Labels(au=with_strengths(display.aus, amplitudes), objective="", emotion="")

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the sheet of movements, by subject and video, its frame numbers as decimal numbers."""
        above = [("Synthetic subjects in the layout of SAMM Long Videos",)] + [(None,)] * (HEADER_ROW - 2)
        rows = [_row(record) for record in sorted(records, key=lambda r: (r.subject, _video(r)))]
        write_xlsx(Path(root) / SHEETS[0], SHEET, COLUMNS, rows, above=above)


def _video(record: ClipRecord) -> int:
    return int(record.video.partition("_")[0])


def _row(r: ClipRecord) -> tuple[object, ...]:
    frames = [float(number) for number in (r.onset, r.apex, r.offset, r.offset - r.onset + 1)]
    return (int(r.subject), f"{r.subject}_{r.video}", _video(r), *frames, _TYPES[r.expression], r.au, None)


LONG = SammLvLayout(
    entries=("SAMM_longvideos", SHEETS[0]),
    first_frames=(1, 9000),
    recording=Recording(fps=200.0, frames_before=10, frames_after=10),
    camera=Camera(f=2000.0, cx=1019.5, cy=543.5, width=2040, height=1088),
    grey=True,
)
