"""The command that makes a result: of Snakemake in a checkout, of ``merflow run`` in the folder of a study."""

import shlex
from pathlib import Path

from merflow.paths import RESULTS
from merflow.workflow_root import SNAKEFILE

_MARKS = (SNAKEFILE, "config.yaml")
"""One of them lies beside the results of a study."""


def make_command(target: str | Path, *, force: bool = False) -> str:
    """Return what to type so that a result is made, or made anew.

    Parameters
    ----------
    target : str or Path
        The result. Below the present folder, or in another study, whose folder the command names then.
    force : bool
        Whether it is made anew though it is there.
    """
    folder, path = _study_and_result(Path(target))
    return " ".join([*make_words(folder), *(["--force"] if force else []), str(path)])


def how_to_make(target: Path) -> str:
    """Return the next move of who asked for a file that is not there: the command, if it can be a result."""
    if RESULTS in target.parts:
        return f"Make it: {make_command(target)}"
    return f"Name a file below {RESULTS}/ of a study."


def make_words(folder: Path = Path()) -> list[str]:
    """Return the words of the command before its targets, for a study: where no Snakefile lies, Snakemake finds none.

    Parameters
    ----------
    folder : Path
        Of the study.
    """
    if (folder / SNAKEFILE).is_file():
        return ["snakemake", "--cores", "all"]
    return ["merflow", "run", shlex.quote(str(folder))]


def study_of(result: Path) -> Path | None:
    """Return the folder of the study that a result, or the folder of all results, lies in; None where it is none."""
    for place in (result, *result.parents):
        if place.name == RESULTS and any((place.parent / mark).is_file() for mark in _MARKS):
            return place.parent
    return None


def _study_and_result(target: Path) -> tuple[Path, Path]:
    """Return the folder of the study, and the target as its workflow calls it."""
    study = study_of(target)
    if study is None:
        return Path(), target
    return study, target if (study / SNAKEFILE).is_file() else target.relative_to(study)
