"""The settings of the reader of 4DME."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from merflow.checks import check_choice, check_setting
from merflow.datasets.clip import Expression
from merflow.datasets.fourdme.corrections import Exchange
from merflow.datasets.fourdme.layout import LayoutName
from merflow.datasets.reading.scans import check_pattern

_EXPRESSIONS: Sequence[Expression] = ("micro", "macro")

PLACEHOLDERS = ("{subject}", "{clip}", "{grey}")
"""What a pattern may hold: the subject and the clip's name as in ``clips.csv``, and the two folders of its grey frames
as they are spelt there (``S13_1st/001_01_1``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FourdmeSettings:
    """What the reader of 4DME needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings, or the folder of the subjects itself.
    annotation : Path or None
        Folder of the released workbooks, or that of the micro-expressions itself under any name, the others lying
        beside it; None = they are searched in `root`.
    macro_annotation : Path or None
        Workbook of the macro-expressions under any name; None = it is searched where the other one is.
    expressions : tuple of {"micro", "macro"}
        Kinds of expression to index.
    layout : {"auto", "clips", "long", "cropped"}
        Which grey frames to read: the expressions cut out (``gray_micro``), the long videos around them
        (``long_gray_video``), or the cropped faces (``gray_micro_crop``). ``auto``: the first of these that is there.
    exchange : {"auto", "always", "never"}
        Whether two rows of the released sheet get each other's action units, as the public loader has it. ``auto``:
        where that makes them agree with their emotions by Table 4 of the paper.
    fps : float
        Frames per second of the recordings.
    meshes, textures, landmarks, rgb, depth : str
        Where the files of the other cameras lie below `root`: a path whose last part may hold ``*``, with ``{subject}``
        and ``{clip}`` for their names, or ``{grey}`` for the two folders of the clip's grey frames as they are spelt.
        Empty: not looked for. A file's frame is the last integer of its name.
    kinect_fps : float
        Frames per second of `rgb` and `depth`.
    """

    root: Path
    annotation: Path | None = None
    macro_annotation: Path | None = None
    expressions: tuple[Literal["micro", "macro"], ...] = ("micro",)
    layout: LayoutName = "auto"
    exchange: Exchange = "auto"
    fps: float = 60.0
    meshes: str = "mesh_micro/{grey}/*"
    textures: str = "mesh_micro/{grey}/*"
    landmarks: str = "mesh_micro/{grey}/*"
    rgb: str = "rgb_micro/{grey}/*"
    depth: str = "depth_micro/{grey}/*"
    kinect_fps: float = 30.0

    def __post_init__(self) -> None:
        kinds = list(self.expressions)
        check_setting(len(kinds) > 0, "expressions", expected="at least one of micro, macro", found=kinds)
        for kind in kinds:
            check_choice(kind, "expressions", _EXPRESSIONS)
        check_choice(self.layout, "layout", get_args(LayoutName))
        check_choice(self.exchange, "exchange", get_args(Exchange))
        for name in ("fps", "kinect_fps"):
            check_setting(getattr(self, name) > 0, name, expected="a frame rate above 0", found=getattr(self, name))
        for name in ("meshes", "textures", "landmarks", "rgb", "depth"):
            check_pattern(getattr(self, name), name, PLACEHOLDERS)
