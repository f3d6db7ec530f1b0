"""Doubts: findings that make a clip suspect and do not prove it wrong. A setting decides: it is noted, or excluded."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from merflow.errors import BadClipError
from merflow.stages.faces.settings import FaceSettings


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason to look at a clip.

    Parameters
    ----------
    reason : str
        What was expected and what was found.
    decides : bool
        Whether it is enough to exclude the clip; False where another clip may be the wrong one.
    """

    reason: str
    decides: bool = True


def notes_of_doubts(clip: str, doubts: Iterable[Doubt], settings: FaceSettings, *, source: str) -> list[str]:
    """Return the notes that doubts leave on a clip, and log them, since a note in a file is easily overlooked.

    Parameters
    ----------
    clip : str
        Id, for the log.
    doubts : iterable of Doubt
    settings : FaceSettings
        Its ``doubtful``.
    source : str
        File that shows it, for the exclusion.

    Raises
    ------
    BadClipError
        Under ``doubtful: exclude``, of the first doubt that decides.
    """
    doubts = list(doubts)
    for doubt in doubts:
        if settings.doubtful == "exclude" and doubt.decides:
            raise BadClipError(f"{doubt.reason} (faces.doubtful: exclude)", source=source)
        logging.getLogger("merflow").warning("%s: %s", clip, doubt.reason)
    return [doubt.reason for doubt in doubts]
