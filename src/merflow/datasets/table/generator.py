"""Generated recordings with a table: the camera of CAS(ME)^3, a folder of colour and one of depth frames a clip."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.datasets.intrinsics import NUMBERS
from merflow.datasets.table.settings import TABLE
from merflow.synthesis.camera import Camera
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout
from merflow.synthesis.repertoire import Display
from merflow.synthesis.timing import Recording

_COLOR, _DEPTH = "recordings", "depth"
_VIDEOS = "abcdefghijklm"
_COLUMNS = (
    *("path", "subject", "clip", "onset", "apex", "offset", "aus", "objective", "emotion", "expression", "depth_path"),
    *("fps", *NUMBERS),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLayout(Layout):
    """``recordings/<subject>_<video>_<onset>/000116.jpg``, depth beside it, and ``clips.csv``.

    The subjects, videos and frame numbers are those of the layout ``raw`` of CAS(ME)^3, and with the same settings of
    the generator its pictures are too.
    """

    def subject(self, index: int) -> str:
        """Return ``spNO.1``, ``spNO.2`` and so on."""
        return f"spNO.{index + 1}"

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return the letters a to m."""
        return _VIDEOS

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return six digits, which are the same number in the depth folder."""
        return FramePaths(
            root / _COLOR / record.id / f"{number:06d}.jpg", root / _DEPTH / record.id / f"{number:06d}.png"
        )

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the words of what is shown."""
        return Labels(au=display.au_string, objective=display.objective, emotion=display.emotion)

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the table."""
        same = (self.recording.fps, self.camera.f, self.camera.f, self.camera.cx, self.camera.cy)
        with (Path(root) / TABLE).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_COLUMNS)
            writer.writerows(
                (*_row(one), *same) for one in sorted(records, key=lambda r: (r.subject, r.video, r.onset))
            )


def _row(r: ClipRecord) -> tuple[object, ...]:
    frames = (r.onset, r.apex, r.offset)
    where = (f"{_COLOR}/{r.id}", r.subject, r.video)
    return (*where, *frames, r.au, r.objective, r.emotion, r.expression, f"{_DEPTH}/{r.id}")


FOLDERS = TableLayout(
    entries=(_COLOR, _DEPTH, TABLE),
    first_frames=(20, 900),
    recording=Recording(),
    camera=Camera(),
    has_depth=True,
)
