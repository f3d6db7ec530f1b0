"""Subjects of CASME and CASME II: numbers, in a sheet and in the names of folders."""

import re

_SUBJECT = re.compile(r"(?:sub)?\s*0*([1-9]\d{0,8})", re.IGNORECASE | re.ASCII)
_SUBJECT_FOLDER = re.compile(r"sub\s*0*([1-9]\d{0,8})", re.IGNORECASE | re.ASCII)


def subject_name(text: str) -> str | None:
    """Return ``sub01`` for ``1``, ``01`` or ``sub1``, as a sheet may spell it; None = not a subject."""
    return _named(_SUBJECT.fullmatch(text.strip()))


def subject_of_folder(name: str) -> str | None:
    """Return ``sub01`` for a folder ``sub01``, ``Sub1``; None = not the folder of a subject."""
    return _named(_SUBJECT_FOLDER.fullmatch(name.strip()))


def _named(match: re.Match[str] | None) -> str | None:
    return f"sub{int(match[1]):02d}" if match else None
