"""Settings of a table of clips: what its numbers and words mean, stated and never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from merflow.checks import check_choice, check_setting
from merflow.datasets.emotions import EMOTIONS, is_own_word
from merflow.datasets.intrinsics import Intrinsics

TABLE = "clips.csv"
"""Name of the table in the root, where the settings name no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSettings:
    """What the reader of a table needs to know.

    Parameters
    ----------
    root : Path
        Folder of the recordings: the paths of the table start there.
    unit : {"frames", "seconds"}
        What onset, apex and offset of the table are.
    first_frame : int
        Number by which the table calls the first frame of a recording, 0 or 1. A folder that begins with the other of
        the two is a fault; a folder that begins with a higher number, cut from a longer recording, keeps its numbers.
    annotation : Path or None
        The table, CSV or TSV, or a workbook; None = ``clips.csv`` in the root.
    fps : float or None
        Frames per second of folders that have no cell ``fps``; None = they need the cell. Videos have their own.
    classes : tuple of str
        Words of the column ``emotion`` that make a label set of the dataset's own, in the order of the classes; an
        experiment takes it by ``labels: classes``. Empty = the words are merflow's emotions.
    emotions : mapping of str to any
        Word of the table -> merflow's emotion, where they differ: ``{joy: happiness}``.
    coded_units : tuple of int
        Action units that were looked for, where these are not all of FACS, as those of a program are: a label set with
        another unit then has no clip of the table. Empty = all.
    depth_unit_mm : float
        Mm that 1 in the depth pictures stands for, where the row does not say.
    intrinsics : Intrinsics or None
        Camera of the depth, where the row does not say: fx, fy, cx, cy. None = the settings of the clouds name it.
    """

    root: Path
    unit: Literal["frames", "seconds"]
    first_frame: int
    annotation: Path | None = None
    fps: float | None = None
    classes: tuple[str, ...] = ()
    emotions: Mapping[str, str] = field(default_factory=dict)
    coded_units: tuple[int, ...] = ()
    depth_unit_mm: float = 1.0
    intrinsics: Intrinsics | None = None

    def __post_init__(self) -> None:
        check_choice(self.unit, "unit", ("frames", "seconds"))
        check_setting(self.first_frame in (0, 1), "first_frame", expected="0 or 1", found=self.first_frame)
        check_setting(self.fps is None or self.fps > 0, "fps", expected="a frame rate above 0", found=self.fps)
        check_setting(self.depth_unit_mm > 0, "depth_unit_mm", expected="mm above 0", found=self.depth_unit_mm)
        units = len(set(self.coded_units)) == len(self.coded_units) and all(0 < one < 100 for one in self.coded_units)
        expected = "different numbers of action units"
        check_setting(units, "coded_units", expected=expected, found=list(self.coded_units))
        different = len({word.casefold() for word in self.classes}) == len(self.classes) != 1
        check_setting(different, "classes", expected="two or more different words", found=list(self.classes))
        for word in self.classes:
            named = "words of letters, digits, '_', '-', '.' and blanks"
            check_setting(is_own_word(word), "classes", expected=named, found=word)
        for word, emotion in self.emotions.items():
            check_choice(emotion, f"emotions.{word}", EMOTIONS)

    @property
    def table(self) -> Path:
        """The table."""
        return self.annotation or self.root / TABLE
