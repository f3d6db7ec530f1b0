"""Flow in the forms of other programs: Middlebury's .flo, and pictures in the colours of its wheel."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from merflow.checks import check_choice, check_setting
from merflow.drawing.flow_colours import RANGE_PX, flow_to_rgb
from merflow.errors import MerflowError
from merflow.stages.exporting import Export, OneClip, Source, clip_path

Motion = Literal["expression", "total"]

_FIELD = {"expression": "expression_flow", "total": "flow"}


@dataclass(frozen=True, slots=True)
class FloSettings:
    """What is written of the flow of a clip.

    Parameters
    ----------
    motion : {"expression", "total"}
        Flow without the motion of the head, or as measured.
    """

    motion: Motion = "expression"

    def __post_init__(self) -> None:
        check_choice(self.motion, "motion", tuple(_FIELD))


@dataclass(frozen=True, slots=True)
class FlowPictureSettings(FloSettings):
    """What is drawn of the flow of a clip.

    Parameters
    ----------
    motion : {"expression", "total"}
        Flow without the motion of the head, or as measured.
    range_px : float
        Length of full saturation, aligned px, the same in all pictures; longer motion is darker.
    """

    range_px: float = RANGE_PX

    def __post_init__(self) -> None:
        super(FlowPictureSettings, self).__post_init__()
        check_setting(self.range_px > 0, "range_px", expected="a length above 0 px", found=self.range_px)


def write_flo(source: Source, out: Path, settings: FloSettings) -> None:
    """Write the flow of each clip as ``<subject>/<clip>.flo``: float32, as the artefact has it."""
    import cv2

    for one in source.each():
        path = clip_path(out, one.clip, ".flo")
        field = np.ascontiguousarray(np.moveaxis(_field(one, settings.motion), 0, -1), dtype=np.float32)
        if not cv2.writeOpticalFlow(str(path), field):
            raise MerflowError(f"{path}: expected room to write it, but OpenCV could not. Is the disk full?")


def write_flow_pictures(source: Source, out: Path, settings: FlowPictureSettings) -> None:
    """Write the flow of each clip as ``<subject>/<clip>.png``, in the colours of Baker et al. (2011)."""
    from merflow.imaging.encoding import write_png

    for one in source.each():
        colours = flow_to_rgb(_field(one, settings.motion), range_px=settings.range_px)
        write_png(clip_path(out, one.clip, ".png"), colours)


def _field(one: OneClip, motion: Motion) -> NDArray[np.float32]:
    field: NDArray[np.float32] = one.read(_FIELD[motion])
    return field


EXPORTS = (
    Export(
        name="flow_flo",
        summary="optical flow from onset to apex as Middlebury .flo, one file a clip",
        write=write_flo,
        settings=FloSettings,
    ),
    Export(
        name="flow_png",
        summary="optical flow from onset to apex as pictures in the colours of Middlebury's wheel",
        write=write_flow_pictures,
        settings=FlowPictureSettings,
    ),
)
