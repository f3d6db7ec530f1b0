"""What of a dataset decides its costs: clips by subject, how long they are, how large their pictures are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from merflow.config import Config
from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.index import Index
from merflow.errors import BadClipError
from merflow.plan import came_ready
from merflow.plan.index import indexed
from merflow.reading import is_folder
from merflow.stages.sequences.settings import SequenceSettings
from merflow.synthesis.layout import layout_named

_TRIED = 5
"""Clips whose onset is looked at for the size of the pictures, until one can be read."""


@dataclass(frozen=True)
class Known:
    """A dataset whose clips are known.

    Parameters
    ----------
    config : Config
    dataset : str
    clips_csv : Path
        Its index: the result, or one that was made for this plan.
    made_now : Index or None
        That index, where it was made for this plan.
    stale : str
        Why the index among the results is not the one of now; empty where there is none, or it is.
    """

    config: Config
    dataset: str
    clips_csv: Path
    made_now: Index | None = None
    stale: str = ""

    @property
    def clips(self) -> Sequence[Clip]:
        """Its clips."""
        return indexed(self.clips_csv)

    @property
    def subjects(self) -> int:
        """How many people its clips show."""
        return len({clip.subject for clip in self.clips})

    @cached_property
    def picture(self) -> tuple[int, int]:
        """Width and height of the onset of the first clip that can be read, px.

        Of embedded data that is not rendered yet those of its camera; (0, 0) where nothing tells them.
        """
        block = self.config.datasets[self.dataset]
        if block.members or came_ready(self.config, self.dataset):
            return 0, 0
        if block.synthesis is not None and not is_folder(block.root):
            camera = layout_named(block.synthesis.layout).camera
            return camera.width, camera.height
        if find_spec("cv2") is None:
            return 0, 0  # which is told among what is missing
        from merflow.datasets.reading.frame_source import frames_of

        for clip in self.clips[:_TRIED]:
            try:
                height, width = frames_of(clip, Path(block.root)).read(clip.onset).rgb.shape[:2]
            except BadClipError:
                continue  # the stage leaves it out, and says why
            return int(width), int(height)
        return 0, 0

    def frames(self, settings: SequenceSettings, clips: Sequence[Clip], *, otherwise: float) -> float:
        """Return how many recorded frames sequences of clips are read from, if none is missing.

        Parameters
        ----------
        settings : SequenceSettings
        clips : sequence of Clip
        otherwise : float
            Frames of a clip whose offset is not annotated.
        """
        from merflow.stages.sequences.stage import frames_to_read  # loads OpenCV

        whole = [clip for clip in clips if clip.offset != NO_FRAME]
        read = sum(len(frames_to_read(clip, range(clip.onset, clip.offset + 1), settings)) for clip in whole)
        return read + otherwise * (len(clips) - len(whole))
