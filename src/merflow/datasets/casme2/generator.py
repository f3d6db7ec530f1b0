"""CASME II: colour at 200 frames a second, as the recordings, as the selected clips, or as cropped faces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.synthesis.camera import Camera
from merflow.synthesis.containers import write_xlsx
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout, numeral_of
from merflow.synthesis.repertoire import Display
from merflow.synthesis.timing import Recording
from merflow.synthesis.words import noun_without_anger

CODING_SHEET = "CASME2-coding-20140508.xlsx"
CODING_COLUMNS = (
    "Subject",
    "Filename",
    None,
    "OnsetFrame",
    "ApexFrame",
    "OffsetFrame",
    None,
    "Action Units",
    "Estimated Emotion",
)
OBJECTIVE_SHEET = "CASME2-ObjectiveClasses.xlsx"
OBJECTIVE_COLUMNS = ("Subject", "Filename", "Objective Class")

_FIRST_EPISODE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Casme2Layout(Layout):
    """CASME II; the three ways to keep it share subjects, expressions and frame numbers.

    Parameters
    ----------
    folder, prefix : str
        Frames are ``<folder>/<subject>/<video>/<prefix><number>.jpg``.
    """

    folder: str
    prefix: str = "img"

    def subject(self, index: int) -> str:
        """Return ``sub01``, ``sub02`` and so on."""
        return f"sub{index + 1:02d}"

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return one video a clip, two an episode: ``EP02_01f``, ``EP02_02f``, ``EP03_01f`` and so on."""
        return [f"EP{_FIRST_EPISODE + k // 2:02d}_{1 + k % 2:02d}f" for k in range(len(emotions))]

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return ``img46.jpg`` or ``reg_img46.jpg``, not padded."""
        return FramePaths(root / self.folder / record.subject / record.video / f"{self.prefix}{number}.jpg", None)

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the words of CASME II, which has no anger."""
        word = noun_without_anger(display)
        return Labels(au=display.au_string, objective=numeral_of(display.objective), emotion=word)

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the sheet of the coders and that of the objective classes, by subject and video."""
        ordered = sorted(records, key=lambda r: (_number(r), r.video))
        coding = [(_number(r), r.video, None, r.onset, r.apex, r.offset, None, r.au, r.emotion) for r in ordered]
        objective = [(_number(r), r.video, int(r.objective)) for r in ordered]
        write_xlsx(Path(root) / CODING_SHEET, "Sheet1", CODING_COLUMNS, coding)
        write_xlsx(Path(root) / OBJECTIVE_SHEET, "Sheet1", OBJECTIVE_COLUMNS, objective)


def _number(record: ClipRecord) -> int:
    """Return the subject as the sheets give it: ``sub06`` is 6."""
    return int(record.subject.removeprefix("sub"))


def _layout(folder: str, *, prefix: str = "img", whole_video: bool = False, cropped: bool = False) -> Casme2Layout:
    return Casme2Layout(
        entries=("CASME2-RAW", "CASME2_RAW_selected", "Cropped", CODING_SHEET, OBJECTIVE_SHEET),
        first_frames=(1, 280),
        recording=Recording(fps=200.0, frames_before=10, frames_after=13),
        camera=Camera(cx=319.5, cy=239.5, width=640, height=480),
        folder=folder,
        prefix=prefix,
        whole_video=whole_video,
        cropped=cropped,
    )


RAW = _layout("CASME2-RAW", whole_video=True)
SELECTED = _layout("CASME2_RAW_selected")
CROPPED = _layout("Cropped", prefix="reg_img", cropped=True)
