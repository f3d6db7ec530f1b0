"""What a layout decides: what is filmed and how often, what a clip is called, where its files and sheets go."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from merflow.names import named
from merflow.synthesis.camera import Camera
from merflow.synthesis.layouts import declared_layouts
from merflow.synthesis.repertoire import Display, sample_display, shown_by_subject
from merflow.synthesis.timing import Recording, Timing

if TYPE_CHECKING:  # it loads Numba, and planning imports this module
    from merflow.synthesis.shot import Shot

OBJECTIVE_CLASSES = ("I", "II", "III", "IV", "V", "VI", "VII")
"""The numerals of the objective classes; CASME II and SAMM write their place, 1 to 7."""

_FACE_MARGINS = (0.04, 0.24, 0.04, 0.06)  # of the landmarks' box: left, top (forehead), right, bottom


@dataclass(frozen=True, slots=True)
class ClipRecord:
    """One row of the label sheet, and whether the clip shows a micro- or a macro-expression.

    Parameters
    ----------
    subject, video : str
        As the reader of the dataset names them: ``spNO.1`` and ``a``, ``sub01`` and ``EP02_01f``, ``006`` and
        ``1_2``, ``s01`` and ``ne_01``.
    onset, apex, offset : int
        Frame numbers, the file names' own.
    au, objective, emotion : str
        As the label sheet of the layout spells them: ``4+7``, ``III`` and ``anger`` in CAS(ME)^3.
    expression : str
        ``micro`` or ``macro``.
    """

    subject: str
    video: str
    onset: int
    apex: int
    offset: int
    au: str
    objective: str
    emotion: str
    expression: str = "micro"

    @property
    def id(self) -> str:
        """``<subject>_<video>_<onset>``, the name of the clip and of its ground truth."""
        return f"{self.subject}_{self.video}_{self.onset}"


class Labels(NamedTuple):
    """The words of a label sheet for one clip: action units, objective class and emotion."""

    au: str
    objective: str
    emotion: str


class FramePaths(NamedTuple):
    """Files of one frame; `depth` is None where a dataset has no depth."""

    color: Path
    depth: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout(ABC):
    """One way to keep a dataset.

    Parameters
    ----------
    entries : tuple of str
        Files and folders that the dataset has in its root.
    first_frames : tuple of int
        Smallest and largest number of the first frame of a video.
    recording : Recording
        Frame rate, and what is filmed around an expression.
    camera : Camera
        Size and focal length of a frame.
    grey : bool
        One channel instead of three.
    has_depth : bool
        Whether it has depth frames.
    whole_video : bool
        Keep what was filmed before the onset and after the offset.
    cropped : bool
        Keep the face only: a window that the onset decides and all frames of the clip share.
    pause_frames : tuple of int
        Smallest number of frames between two clips of a video that are not filmed, and one more than the largest.
    unit_factors : mapping of int to float
        Action unit -> factor on how far it moves, where that differs from the others: a blink closes the eye.
    """

    entries: tuple[str, ...]
    first_frames: tuple[int, int]
    recording: Recording
    camera: Camera
    grey: bool = False
    has_depth: bool = False
    whole_video: bool = True
    cropped: bool = False
    pause_frames: tuple[int, int] = (30, 300)
    unit_factors: Mapping[int, float] = field(default_factory=dict)

    @abstractmethod
    def subject(self, index: int) -> str:
        """Return the name of the subject with a 0-based index."""

    @abstractmethod
    def videos(self, subject: str, emotions: Sequence[str]) -> Sequence[str]:
        """Return the videos of a subject whose clips show `emotions`, as :meth:`shown` names them.

        The clips are spread over the videos in turn.
        """

    @abstractmethod
    def frame_paths(self, root: Path, record: ClipRecord, number: int) -> FramePaths:
        """Return the files of frame `number` of a clip of the dataset in `root`."""

    @abstractmethod
    def write_sheets(self, root: Path, records: Sequence[ClipRecord]) -> None:
        """Write the label sheets of all clips, given in any order."""

    @abstractmethod
    def labels(self, display: Display, amplitudes: Mapping[int, float]) -> Labels:
        """Return the words for what is shown; `amplitudes` gives the mm of each action unit at the apex."""

    def shown(
        self, rng: np.random.Generator, index: int, *, clips: int, others: int, macro: int
    ) -> list[tuple[str, str]]:
        """Return what a subject shows, clip by clip: a word for :meth:`display`, and ``micro`` or ``macro``.

        `index` is that of the subject, from 0; `clips`, `others` and `macro` are the numbers that the settings ask for.
        """
        return shown_by_subject(rng, index, clips=clips, others=others, macro=macro)

    def display(self, rng: np.random.Generator, shown: str) -> Display:
        """Return the way in which one clip shows what :meth:`shown` names: one of those of an emotion, drawn."""
        return sample_display(rng, shown)

    def kept(self, timing: Timing) -> range:
        """Return which of the filmed frames are written, counted from the first one filmed: all, or onset to offset."""
        return range(timing.n_frames) if self.whole_video else range(timing.onset, timing.offset + 1)

    def clip_camera(self, landmarks_xy: NDArray[np.float64]) -> Camera:
        """Return the camera of one clip, given the landmarks (68, 2; px) of its onset: all of it or the face."""
        return face_camera(self.camera, landmarks_xy) if self.cropped else self.camera

    def film_beside(self, root: Path, record: ClipRecord, shot: "Shot", rng: np.random.Generator) -> None:
        """Write what other cameras than the first one record of a clip; most layouts have none."""
        return


def face_camera(camera: Camera, landmarks_xy: NDArray[np.float64]) -> Camera:
    """Return the window of a camera, in whole pixels, that the landmarks (68, 2; px) and the forehead take."""
    low, high = landmarks_xy.min(axis=0), landmarks_xy.max(axis=0)
    left, top, right, bottom = _FACE_MARGINS
    x0, y0 = np.floor(low - (high - low) * [left, top]).astype(int)
    x1, y1 = np.ceil(high + (high - low) * [right, bottom]).astype(int)
    return camera.cropped(int(x0), int(y0), int(x1), int(y1))


def numeral_of(objective: str) -> str:
    """Return an objective class as a number: ``III`` is ``3``."""
    return str(OBJECTIVE_CLASSES.index(objective) + 1)


def layout_named(name: str) -> Layout:
    """Return a layout by its name in the configuration, as a dataset declares it."""
    found: Layout = named(declared_layouts()[name].layout)
    return found
