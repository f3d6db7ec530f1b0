"""BU-4DFE: colour at 25 frames a second, a macro-expression of each emotion; the pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from merflow.datasets.bu4dfe.layout import EXPRESSIONS
from merflow.errors import ConfigError
from merflow.synthesis.camera import Camera
from merflow.synthesis.layout import ClipRecord, FramePaths, Labels, Layout
from merflow.synthesis.repertoire import Display, macro_by_subject
from merflow.synthesis.timing import Recording
from merflow.synthesis.words import noun

LANDMARKS = "BU4DFE_BND_V1.1"

_FOLDER_OF = {emotion: folder.capitalize() for folder, emotion in EXPRESSIONS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bu4dfeLayout(Layout):
    """BU-4DFE: ``F001/Angry/000.jpg``."""

    def shown(
        self, rng: np.random.Generator, index: int, *, clips: int, others: int, macro: int
    ) -> list[tuple[str, str]]:
        """Return as many macro-expressions as clips are asked for, each of another emotion.

        Raises
        ------
        ConfigError
            For more than there are emotions.
        """
        if clips > len(EXPRESSIONS):
            raise ConfigError(
                f"synthesis.clips: expected at most {len(EXPRESSIONS)} in the layout bu4dfe, one of each emotion, "
                f"found {clips}. Change it in config.yaml."
            )
        return macro_by_subject(index, clips)

    def subject(self, index: int) -> str:
        """Return ``F001``, ``F002`` and so on."""
        return f"F{index + 1:03d}"

    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return the folders of the emotions: ``Angry``, ``Happy`` and so on."""
        return [_FOLDER_OF[noun(emotion)] for emotion in emotions]

    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return ``000.jpg`` in the folder of the expression."""
        return FramePaths(root / record.subject / record.video / f"{number:03d}.jpg", None)

    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the emotion, which the folder names; the set has no action units."""
        return Labels(au="", objective="", emotion=noun(display.emotion))

    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write nothing: the folders say everything."""
        return


PICTURES = Bu4dfeLayout(
    entries=("F001", LANDMARKS),
    first_frames=(0, 0),
    recording=Recording(fps=25.0, frames_before=0, frames_after=0),
    camera=Camera(f=2400.0, cx=519.5, cy=664.0, width=1040, height=1329),
)
