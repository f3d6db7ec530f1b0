"""Clip rows: what the sheets of CASME II, SAMM and others have in common, one clip of colour frames a row."""

from collections.abc import Sequence

from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.reading.annotation import with_midpoint, with_units_checked
from merflow.datasets.reading.corrections import Correction, corrected
from merflow.datasets.reading.frame_choice import with_notes
from merflow.datasets.reading.tables import SheetRow
from merflow.errors import DatasetError


def clip_of_row(
    row: SheetRow,
    *,
    dataset: str,
    fps: float,
    subject: str,
    video: str,
    frames: tuple[str, str, str],
    aus: str,
    emotion: str,
    corrections: Sequence[Correction] = (),
    apex_later: bool = False,
) -> Clip:
    """Read a row as a micro-expression without folders or objective class.

    Parameters
    ----------
    row : SheetRow
        The row.
    dataset, subject, video, emotion : str
        As in the clip.
    fps : float
        Frames per second.
    frames : tuple of str
        Columns of onset, apex and offset.
    aus : str
        Column of the action units.
    corrections : sequence of Correction
        Known errors of the sheet.
    apex_later : bool
        Leave an apex that the sheet does not name open: the reader fills it in, and notes it.

    Returns
    -------
    Clip
        Corrected first; an apex that the sheet does not name is then the midpoint. An offset that it does not name
        stays -1; action units stay as the sheet spells them. What is not known is noted.

    Raises
    ------
    DatasetError
        When the file name or the onset is missing, or a number is none.
    """
    if not video:
        raise DatasetError(
            f"{row.source}, column 'Filename': expected the name of a clip, found an empty cell. Fill it in."
        )
    onset, apex, offset = _numbers(row, frames)
    clip = Clip(
        dataset=dataset,
        subject=subject,
        video=video,
        part="",
        expression="micro",
        onset=onset,
        apex=apex,
        offset=offset,
        fps=fps,
        aus=row.text(aus),
        emotion=emotion,
        objective="",
        color="",
        depth="",
        notes="",
    )
    known = corrected(clip, corrections)
    return with_units_checked(_noted(known, ("offset",)) if apex_later else _noted(with_midpoint(known)))


def _numbers(row: SheetRow, columns: tuple[str, str, str]) -> tuple[int, int, int]:
    """Return onset, apex and offset of a row; an apex or offset that it does not name is `NO_FRAME`."""
    onset, apex, offset = (row.frame(column) for column in columns)
    if onset is None:
        found = row.text(columns[0]) or "an empty cell"
        raise DatasetError(f"{row.source}, column {columns[0]!r}: expected a frame number, found {found}. Fill it in.")
    return onset, NO_FRAME if apex is None else apex, offset or NO_FRAME


def _noted(clip: Clip, roles: Sequence[str] = ("apex", "offset")) -> Clip:
    missing = [name for name in roles if getattr(clip, name) == NO_FRAME]
    return with_notes(clip, [f"no {name} in the sheet" for name in missing])
