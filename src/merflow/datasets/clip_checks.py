"""Checks of a row of ``clips.csv``: a mistake of editing by hand must not become a wrong label or frame."""

import math
import re
from typing import get_args

from merflow.datasets.action_units import CODED_UNITS, OBJECTIVE_CLASSES
from merflow.datasets.clip import NO_EMOTION, Clip, Expression
from merflow.datasets.emotions import EMOTIONS, is_own_word
from merflow.datasets.intrinsics import camera_of_text
from merflow.errors import DatasetError

FOLD = re.compile(r"[A-Za-z0-9]{1,20}", re.ASCII)
"""What the name of a fold may be."""

NEXT = "Correct it, or delete the file and index the dataset again."


def check_row(clip: Clip, *, named: str, source: str) -> None:
    """Refuse a row that no index writes.

    Parameters
    ----------
    clip : Clip
        What the row says.
    named : str
        Its column ``clip``.
    source : str
        File and line, for the message.

    Raises
    ------
    DatasetError
        Says which column, what was expected and what was found.
    """
    if named != clip.id:
        _refuse(source, f"expected the clip {clip.id!r} of subject, video and onset, but it is called {named!r}")
    if clip.expression not in get_args(Expression):
        _refuse(source, f"expected the expression micro or macro, but found {clip.expression!r}")
    if clip.emotion and clip.emotion not in EMOTIONS:
        _refuse(source, f"expected an emotion of {', '.join(EMOTIONS)} or none, but found {clip.emotion!r}")
    if clip.objective and clip.objective not in OBJECTIVE_CLASSES:
        _refuse(source, f"expected an objective class of I to VII or none, but found {clip.objective!r}")
    _check_emotions(clip, source)
    if clip.label and not is_own_word(clip.label):
        _refuse(source, f"expected a label of up to 50 letters, digits, blanks, '_', '-' and '.', found {clip.label!r}")
    if clip.first_frame < 0:
        _refuse(source, f"expected a first frame of 0 or more, but found {clip.first_frame}")
    if clip.fold and not FOLD.fullmatch(clip.fold):
        _refuse(source, f"expected a fold of at most 20 letters and digits, or none, but found {clip.fold!r}")
    if clip.coded_units and not CODED_UNITS.fullmatch(clip.coded_units):
        _refuse(source, f"expected coded units as '1 2 4', or none, but found {clip.coded_units!r}")
    _check_frames(clip, source)
    _check_camera(clip, source)


def _check_camera(clip: Clip, source: str) -> None:
    """Refuse a camera that is none."""
    try:
        if clip.camera:
            camera_of_text(clip.camera)
    except ValueError as error:
        _refuse(source, f"{error} (column camera)")


def _check_emotions(clip: Clip, source: str) -> None:
    """Refuse several emotions that are none, or one of them twice."""
    words = clip.emotions.split("+") if clip.emotions not in ("", NO_EMOTION) else []
    wrong = next((word for word in words if word not in EMOTIONS), "")
    if wrong or len(set(words)) < len(words):
        known = f"emotions of {', '.join(EMOTIONS)}, each once and joined by +, or {NO_EMOTION}"
        _refuse(source, f"expected {known}, but found {clip.emotions!r}")


def _check_frames(clip: Clip, source: str) -> None:
    """Refuse frames that are no numbers of frames, and a rate that is none."""
    if clip.onset < 0 or clip.apex < -1 or clip.offset < -1:
        _refuse(
            source, f"expected frames from 0 on (-1: none), but found onset {clip.onset}, apex {clip.apex} and offset "
            f"{clip.offset}"
        )  # fmt: skip
    if clip.apex != -1 and clip.apex < clip.onset:
        _refuse(source, f"expected the apex at the onset {clip.onset} or after it, but found {clip.apex}")
    if clip.offset != -1 and clip.offset < max(clip.onset, clip.apex):
        _refuse(source, f"expected the offset after onset {clip.onset} and apex {clip.apex}, but found {clip.offset}")
    if not (math.isfinite(clip.fps) and clip.fps >= 0):
        _refuse(source, f"expected frames per second of more than 0 (0: a ready picture), but found {clip.fps}")
    if not (math.isfinite(clip.depth_unit_mm) and clip.depth_unit_mm > 0):
        _refuse(source, f"expected a depth unit above 0 mm, but found {clip.depth_unit_mm}")


def _refuse(source: str, what: str) -> None:
    raise DatasetError(f"{source}: {what}. {NEXT}")
