"""CAS(ME)^2: colour at 30 frames a second, the micro- and macro-expressions cut out of long videos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from merflow.datasets.casme_sq.sheets import PUBLISHED_CODES, PUBLISHED_SUBJECTS
from merflow.errors import ConfigError
from merflow.synthesis.camera import Camera
from merflow.synthesis.containers import write_xlsx
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout
from merflow.synthesis.repertoire import Display
from merflow.synthesis.timing import Recording

SHEET = "CAS(ME)^2code_final.xlsx"

_WORDS = {"happy": "positive", "surprise": "surprise", "others": "others"}  # whatever else is shown is negative
_SUBJECTS = tuple(PUBLISHED_SUBJECTS.values())
_SHOWN = tuple(PUBLISHED_CODES)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasmeSqLayout(Layout):
    """CAS(ME)^2: ``selectedpic/s15/anger1_1/img557.jpg``, and a coding without a header."""

    def subject(self, index: int) -> str:
        """Return ``s15``, ``s16``, ``s19`` and so on, the 22 people of the release.

        Raises
        ------
        ConfigError
            For more: a coding alone does not say whose other numbers are.
        """
        if index >= len(_SUBJECTS):
            raise ConfigError(
                f"synthesis.n_subjects: expected at most {len(_SUBJECTS)} in the layout casme_sq, found more. "
                "Change it in config.yaml."
            )
        return _SUBJECTS[index]

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return one video a clip: what was shown, in turn, and a number."""
        return [f"{_SHOWN[k % len(_SHOWN)]}_{k // len(_SHOWN) + 1}" for k in range(len(emotions))]

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return ``img557.jpg`` in the folder of the clip."""
        return FramePaths(root / "selectedpic" / record.subject / record.video / f"img{number}.jpg", None)

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the words of CAS(ME)^2, which has no objective classes."""
        return Labels(au=display.au_string, objective="", emotion=_WORDS.get(display.emotion, "negative"))

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the coding, by subject and video."""
        numbers = {name: number for number, name in PUBLISHED_SUBJECTS.items()}
        ordered = sorted(records, key=lambda r: (r.subject, r.video))
        rows = [
            (int(numbers[r.subject]), r.video, r.onset, r.apex, r.offset, r.au, r.emotion, f"{r.expression}-expression")
            for r in ordered
        ]
        write_xlsx(Path(root) / SHEET, "CASFEcode_final", (), (), above=rows)


SELECTED = CasmeSqLayout(
    entries=("selectedpic", "rawpic", "cropped", SHEET),
    first_frames=(1, 3000),
    recording=Recording(fps=30.0, frames_before=0, frames_after=0),
    camera=Camera(f=900.0, cx=319.5, cy=239.5, width=640, height=480),
)
