"""CASME: colour at 60 frames a second, as the selected clips or as cropped faces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.datasets.casme.reader import SHEET
from merflow.synthesis.camera import Camera
from merflow.synthesis.containers import write_xlsx
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout
from merflow.synthesis.repertoire import Display
from merflow.synthesis.timing import Recording
from merflow.synthesis.words import noun_without_anger

COLUMNS = ("Subject", "Filename", None, "OnsetF", "ApexF1", "ApexF2", "OffsetF", None, "AU", "Emotion")


@dataclass(frozen=True, slots=True, kw_only=True)
class CasmeLayout(Layout):
    """CASME; the two ways to keep it share subjects, expressions and frame numbers.

    Parameters
    ----------
    folder, prefix : str
        Frames are ``<folder>/<subject>/<video>/<prefix><video>-<number>.jpg``.
    """

    folder: str
    prefix: str = ""

    def subject(self, index: int) -> str:
        """Return ``sub01``, ``sub02`` and so on."""
        return f"sub{index + 1:02d}"

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return one video a clip: ``EP01_1``, ``EP01_2`` and so on."""
        return [f"EP01_{k}" for k in range(1, len(emotions) + 1)]

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return ``EP01_5-1.jpg``; every second subject has numbers of three digits, as a part of the release has."""
        digits = 1 if _number(record) % 2 else 3
        name = f"{self.prefix}{record.video}-{number:0{digits}d}.jpg"
        return FramePaths(root / self.folder / record.subject / record.video / name, None)

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the words of CASME, which has tense in place of others, no anger and no objective classes."""
        word = "tense" if display.emotion == "others" else noun_without_anger(display)
        return Labels(au=display.au_string, objective="", emotion=word)

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the sheet, by subject and video."""
        ordered = sorted(records, key=lambda r: (_number(r), r.onset))
        rows = [
            (_number(r), r.video, None, r.onset, r.apex, None, r.offset, None, r.au, r.emotion) for r in ordered
        ]  # fmt: skip
        write_xlsx(Path(root) / SHEET, "Sheet1", COLUMNS, rows)


def _number(record: ClipRecord) -> int:
    """Return the subject as the sheet gives it: ``sub06`` is 6."""
    return int(record.subject.removeprefix("sub"))


def _layout(folder: str, *, prefix: str = "", cropped: bool = False) -> CasmeLayout:
    return CasmeLayout(
        entries=("CASME_raw_selected", "Cropped", SHEET),
        first_frames=(1, 280),
        recording=Recording(fps=60.0, frames_before=0, frames_after=0),
        camera=Camera(f=900.0, cx=319.5, cy=239.5, width=640, height=480),
        folder=folder,
        prefix=prefix,
        cropped=cropped,
    )


SELECTED = _layout("CASME_raw_selected")
CROPPED = _layout("Cropped", prefix="reg_", cropped=True)
