"""Frame names: which files of a folder are its frames, by the one pattern that most of its names follow."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from merflow.checks import few
from merflow.errors import BadClipError

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp")
"""Of the formats that :mod:`merflow.datasets.reading.frames` reads."""

EXPECTED_NAMES = f"frames such as img46.jpg, whose names end with their number and one of {', '.join(SUFFIXES)}"
"""What messages say that a folder should hold."""

_FRAME_NAME = re.compile(rf"(?<!\d)0*(\d{{1,18}})({'|'.join(map(re.escape, SUFFIXES))})\Z", re.IGNORECASE | re.ASCII)
_SAME_FORMAT = {".jpeg": ".jpg", ".tiff": ".tif"}
_SHOWN = 5


class NamePattern(NamedTuple):
    """What the names of a recording's frames share, in lower case: all before the number, and the suffix."""

    prefix: str
    suffix: str

    def __str__(self) -> str:
        return f"{self.prefix}<number>{self.suffix}"


@dataclass(frozen=True, slots=True)
class FrameNames:
    """The frames of a folder, and the numbered pictures that are none of them.

    Parameters
    ----------
    names : mapping of int to str
        Frame number -> name, ascending.
    odd : tuple of str
        Names of another pattern, which are left out.
    pattern : NamePattern or None
        Of the frames; None = the folder has none.
    """

    names: Mapping[int, str]
    odd: tuple[str, ...] = ()
    pattern: NamePattern | None = None

    @property
    def notes(self) -> list[str]:
        """What a person should know of the folder: the pictures that were left out; empty = nothing."""
        if not self.odd:
            return []
        odd = few([f"'{name}'" for name in self.odd], _SHOWN)
        return [f"not named as the {len(self.names)} frames '{self.pattern}' of its folder, left out: {odd}"]


def frame_names(names: Iterable[str]) -> FrameNames:
    """Sort the names of a folder into frames and odd pictures.

    The frames of a recording are named alike but for the number and its padding. A picture that somebody left beside
    them (``apex_1.png``, ``flow9999.bmp``) has a number too, and must not become a frame of the recording.

    Parameters
    ----------
    names : iterable of str
        Files of one folder.

    Raises
    ------
    BadClipError
        When no pattern is that of more than half of the numbered pictures, or two files of it carry one number.
    """
    groups = _by_pattern(names)
    if not groups:
        return FrameNames({})
    pattern = max(groups, key=lambda one: len(groups[one]))
    if 2 * len(groups[pattern]) <= sum(map(len, groups.values())):
        raise _no_pattern(groups)
    odd = (name for other, group in groups.items() if other != pattern for _, name in group)
    return FrameNames(_by_number(groups[pattern]), tuple(sorted(odd)), pattern)


def _by_pattern(names: Iterable[str]) -> dict[NamePattern, list[tuple[int, str]]]:
    """Return number and name of each numbered picture: of thousands each spelling of a pattern is looked at once."""
    spelt: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for name in names:
        match = _match(name)
        if match is not None:
            spelt.setdefault((name[: match.start()], match[2]), []).append((int(match[1]), name))
    groups: dict[NamePattern, list[tuple[int, str]]] = {}
    for (prefix, suffix), found in spelt.items():
        lower = suffix.lower()
        groups.setdefault(NamePattern(prefix.casefold(), _SAME_FORMAT.get(lower, lower)), []).extend(found)
    return groups


def _match(name: str) -> re.Match[str] | None:
    """Find the frame number, the last integer of a name (``006_05562.jpg`` is 5562), and the suffix; None = no frame.

    Hidden files are no frames: copies made on macOS leave a ``._1.jpg`` beside each ``1.jpg``.
    """
    return None if name.startswith(".") else _FRAME_NAME.search(name)


def _by_number(group: Iterable[tuple[int, str]]) -> dict[int, str]:
    found: dict[int, str] = {}
    for number, name in sorted(group):
        if number in found:
            raise BadClipError(f"expected one file for frame {number}, found {found[number]} and {name}")
        found[number] = name
    return found


def _no_pattern(groups: Mapping[NamePattern, list[tuple[int, str]]]) -> BadClipError:
    largest = sorted(groups, key=lambda one: (-len(groups[one]), one))
    found = few([f"{len(groups[one])} {one} (such as {min(groups[one])[1]})" for one in largest])
    return BadClipError(
        f"expected frames of one name but for the number, such as img46.jpg, found {found}. Keep the pictures of one "
        "recording in the folder"
    )
