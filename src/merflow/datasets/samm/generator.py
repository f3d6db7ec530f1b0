"""SAMM: grey at 200 frames a second, 2040 x 1088 px."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.synthesis.camera import Camera
from merflow.synthesis.containers import write_xlsx
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout, numeral_of
from merflow.synthesis.repertoire import Display
from merflow.synthesis.timing import Recording
from merflow.synthesis.words import with_strengths

SHEET = "SAMM_Micro_FACS_Codes_v2.xlsx"
COLUMNS = (
    "Subject",
    "Filename",
    "Inducement Code",
    "Onset Frame",
    "Apex Frame",
    "Offset Frame",
    "Duration",
    "Micro",
    "Action Units",
    "Estimated Emotion",
    "Objective Classes",
    "Notes",
)
HEADER_ROW = 14
"""Excel's number of the row of the header; a block of notes stands above it."""

_NOTES = (
    "Synthetic subjects in the layout of SAMM",
    None,
    "Onset, apex and offset are the numbers of the files",
    "Duration is counted in frames, onset and offset included",
    "Letters A to E give the strength of an action unit in fifths of its full amplitude",
)
_EMOTIONS = {"happy": "Happiness", "sad": "Sadness", "others": "Other"}  # for the others, its own word with a capital
_FIRST_SUBJECT = 6
_INDUCEMENTS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SammLayout(Layout):
    """SAMM: ``SAMM/006/006_1_1/006_05562.jpg``, and a sheet of micro-expressions."""

    def subject(self, index: int) -> str:
        """Return ``006``, ``007`` and so on."""
        return f"{_FIRST_SUBJECT + index:03d}"

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return one video a clip: ``<inducement 1 to 7>_<count>``."""
        return [f"{1 + k % _INDUCEMENTS}_{1 + k // _INDUCEMENTS}" for k in range(len(emotions))]

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return ``006_05562.jpg``; every second subject goes without the padding, as parts of the release do."""
        padded = int(record.subject) % 2 == 0
        name = f"{record.subject}_{number:05d}.jpg" if padded else f"{record.subject}_{number}.jpg"
        return FramePaths(root / "SAMM" / record.subject / _file_name(record) / name, None)

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the words of SAMM; each action unit carries the letter of its strength, such as ``4B+7A``."""
        return Labels(
            au=with_strengths(display.aus, amplitudes),
            objective=numeral_of(display.objective),
            emotion=_EMOTIONS.get(display.emotion, display.emotion.capitalize()),
        )

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the sheet of micro-expressions, by subject and video."""
        above = [(line,) for line in _NOTES] + [(None,)] * (HEADER_ROW - 1 - len(_NOTES))
        rows = [_row(record) for record in sorted(records, key=lambda r: (r.subject, r.video))]
        write_xlsx(Path(root) / SHEET, "MICRO_ONLY", COLUMNS, rows, above=above)


def _file_name(record: ClipRecord) -> str:
    """Return what the sheet calls the clip, such as ``006_1_2``."""
    return f"{record.subject}_{record.video}"


def _row(r: ClipRecord) -> tuple[object, ...]:
    inducement = int(r.video.split("_")[0])
    frames = (r.onset, r.apex, r.offset, r.offset - r.onset + 1)
    return (r.subject, _file_name(r), inducement, *frames, "Micro - 1/2", r.au, r.emotion, int(r.objective), None)


GREY = SammLayout(
    entries=("SAMM", SHEET),
    first_frames=(100, 9950),
    recording=Recording(fps=200.0, frames_before=0, frames_after=0),
    camera=Camera(f=2000.0, cx=1019.5, cy=543.5, width=2040, height=1088),
    grey=True,
)
