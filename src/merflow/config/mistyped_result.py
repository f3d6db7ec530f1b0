"""A result that is not there since its path is mistyped: the nearest that is."""

from collections.abc import Collection
from pathlib import Path

from merflow.checks import nearest
from merflow.config.load import read_config
from merflow.errors import MerflowError
from merflow.make_command import how_to_make, study_of
from merflow.paths import RESULTS

_SECTIONS = ("datasets", "experiments")
"""Of the configuration, whose names follow one another in a path below the results."""


def next_move(target: Path) -> str:
    """Return the next move of who asked for a result that is not there: the nearest name, or the command that makes it.

    A name that the configuration knows is not mistyped: its result is not made yet.

    Parameters
    ----------
    target : Path
        Of a file or folder that is not there.
    """
    whole = target.absolute()
    configured = _configured(whole)
    for part, names in configured:
        if part not in names and (hint := nearest(part, names)):
            return f"config.yaml has no {part!r}.{hint}"
    there = next(folder for folder in whole.parents if folder.is_dir())
    missing = whole.relative_to(there).parts[0]
    known = any(missing == part and part in names for part, names in configured)
    hint = "" if known else nearest(missing, (one.name for one in there.iterdir()))
    return f"There is no {missing!r} in {there}.{hint}" if hint else how_to_make(target)


def _configured(target: Path) -> list[tuple[str, Collection[str]]]:
    """Return the dataset and the experiment that a path names, each with the names that the configuration knows."""
    study = study_of(target)
    if study is None:
        return []
    try:
        plain = read_config(study / "config.yaml").plain
    except MerflowError:
        return []  # what is wrong with it is told by the command that makes the result
    parts = target.relative_to(study / RESULTS).parts
    return [(part, plain[section]) for part, section in zip(parts, _SECTIONS, strict=False)]
