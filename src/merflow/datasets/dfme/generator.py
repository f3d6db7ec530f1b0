"""DFME: colour at 200 frames a second as PNG, the split to train on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.datasets.dfme.layout import SHEETS
from merflow.datasets.dfme.reader import IDS
from merflow.synthesis.camera import Camera
from merflow.synthesis.containers import write_xlsx
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout
from merflow.synthesis.repertoire import Display
from merflow.synthesis.timing import Recording
from merflow.synthesis.words import noun

COLUMNS = ("Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame", "Emotion", "EmotionId", "Fps", "AU")

_FOLDER = "train_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class DfmeLayout(Layout):
    """DFME: ``train_data/sub0003_01/00109.png``, and the sheet of the training."""

    def subject(self, index: int) -> str:
        """Return ``sub0001``, ``sub0002`` and so on."""
        return f"sub{index + 1:04d}"

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return one video a clip: ``01``, ``02`` and so on."""
        return [f"{k:02d}" for k in range(1, len(emotions) + 1)]

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return ``00109.png`` in the folder of the clip."""
        return FramePaths(root / _FOLDER / _file_name(record) / f"{number:05d}.png", None)

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the words of DFME, which has no objective classes; action units are joined by commas."""
        return Labels(au=", ".join(map(str, display.aus)), objective="", emotion=noun(display.emotion))

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the sheet of the training, by subject and clip."""
        ordered = sorted(records, key=lambda r: (r.subject, r.video))
        fps = int(self.recording.fps)
        rows = [
            (r.subject, _file_name(r), r.onset, r.apex, r.offset, r.emotion, IDS.index(r.emotion), fps, r.au)
            for r in ordered
        ]
        write_xlsx(Path(root) / SHEETS["train"], "Sheet1", COLUMNS, rows)


def _file_name(record: ClipRecord) -> str:
    """Return what the sheet calls the clip, such as ``sub0003_01``."""
    return f"{record.subject}_{record.video}"


TRAIN = DfmeLayout(
    entries=(_FOLDER, *SHEETS.values()),
    first_frames=(0, 400),
    recording=Recording(fps=200.0, frames_before=0, frames_after=0),
    camera=Camera(f=900.0, cx=319.5, cy=239.5, width=640, height=480),
    cropped=True,
)
