"""The recording of one embedded clip in CAS(ME)^3's raw layout, as a fault changes it."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from merflow.datasets.clip import Clip
from merflow.datasets.reading.frames import read_unchanged

JPEG_QUALITY = 95
Picture = NDArray[Any]


@dataclass(slots=True)
class Recording:
    """A clip, the folder of its frames, and its row in the sheet.

    Attributes
    ----------
    clip : Clip
        Its row; a fault of the annotation puts another one here.
    root : Path
        Of the dataset that is changed: files are links to the original until they are written.
    landmarks : ndarray of shape (68, 2)
        Of the face at the apex, full-frame px, of the unchanged recording.
    """

    clip: Clip
    root: Path
    landmarks: NDArray[np.float64]

    @property
    def numbers(self) -> list[int]:
        """Numbers of the recorded frames."""
        return sorted(int(path.stem) for path in (self.root / self.clip.color).glob("*.jpg"))

    def color(self, number: int) -> Path:
        """Return the colour file of a frame."""
        return self.root / self.clip.color / f"{number}.jpg"

    def depth(self, number: int) -> Path:
        """Return the depth file of a frame."""
        return self.root / self.clip.depth / f"{number}.png"

    def change(self, change: Callable[[Picture], Picture], numbers: Sequence[int], *, quality: int = 95) -> None:
        """Replace colour frames by what a function makes of them."""
        for number in numbers:
            write(self.color(number), change(read_unchanged(self.color(number))), quality=quality)

    def change_depth(self, change: Callable[[Picture], Picture], numbers: Sequence[int]) -> None:
        """Replace depth frames by what a function makes of them."""
        for number in numbers:
            write(self.depth(number), change(read_unchanged(self.depth(number))))

    def take(self, other: "Recording", theirs: int, mine: int) -> None:
        """Put a frame of another recording, colour and depth, in the place of one of this."""
        for source, target in ((other.color(theirs), self.color(mine)), (other.depth(theirs), self.depth(mine))):
            content = source.read_bytes()
            target.unlink()
            target.write_bytes(content)


def write(path: Path, picture: Picture, *, quality: int = JPEG_QUALITY) -> None:
    """Write a picture; a link to the original recording is cut before."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if path.suffix == ".jpg" else []
    encoded = cv2.imencode(path.suffix, picture, options)[1].tobytes()
    path.unlink()
    path.write_bytes(encoded)


def link_recordings(source: Path, target: Path) -> None:
    """Make a dataset of links to the files of another."""
    for folder, _, names in os.walk(source):
        here = target / Path(folder).relative_to(source)
        here.mkdir(parents=True)
        for name in names:
            os.link(Path(folder, name), here / name)
