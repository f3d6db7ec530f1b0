"""A result that is not there since its path is mistyped: the nearest that is."""

import re
from collections.abc import Collection
from pathlib import Path

from merflow.checks import nearest
from merflow.config.load import read_config
from merflow.errors import MerflowError
from merflow.make_command import how_to_make, make_command, study_of
from merflow.paths import RESULTS

_SECTIONS = ("datasets", "experiments")
"""Of the configuration, whose names follow one another in a path below the results."""

_NEAR = 0.8
"""Likeness of names of files that are one mistyped: ``metrics.csv`` and ``clips.csv`` have .6."""

_NAME = re.compile(r"\w[\w.-]*")


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
    hint = "" if known else nearest(missing, (one.name for one in there.iterdir()), cutoff=_NEAR)
    return f"There is no {missing!r} in {there}.{hint}" if hint else _where_it_may_be(target) or how_to_make(target)


def no_score_below(folder: Path) -> str:
    """Return the next move of who asked for the scores in a folder of several experiments, of which none has any."""
    dataset = folder if folder.absolute().parent.name == RESULTS else folder / "DATASET"
    return f"No experiment below it is scored yet. Score one: {make_command(dataset / 'EXPERIMENT' / 'metrics.csv')}"


def _where_it_may_be(target: Path) -> str:
    """Return a hint at the folders of an experiment that is named without its path; empty where there are none."""
    name = target.parts[0] if not target.is_absolute() and RESULTS not in target.parts else ""
    found = sorted(str(path) for path in Path(RESULTS).glob(f"*/{name}")) if _NAME.fullmatch(name) else []
    return f"Name its path: {' or '.join(found)}." if found else ""


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
