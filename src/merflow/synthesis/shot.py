"""What was filmed of one clip: for the cameras beside the first one, of layouts that have some."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from merflow.synthesis.actor import Actor
from merflow.synthesis.performance import Performance
from merflow.synthesis.render import Studio
from merflow.synthesis.settings import SynthesisSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One clip in front of the cameras.

    Parameters
    ----------
    frames : sequence of ndarray of shape (V, 3)
        Vertices of each frame that is filmed, frame of the first camera, mm.
    kept : range
        Which of them the layout keeps.
    performance : Performance
        What is shown.
    actor : Actor
        Who shows it.
    studio : Studio
        Where.
    settings : SynthesisSettings
        Sensors.
    """

    frames: Sequence[NDArray[np.float64]]
    kept: range
    performance: Performance
    actor: Actor
    studio: Studio
    settings: SynthesisSettings
