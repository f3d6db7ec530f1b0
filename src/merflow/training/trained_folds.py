"""Folds that a job has trained, on the way to their place: each is whole, and says what it was made of."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from merflow.artefacts.provenance import canonical_json
from merflow.errors import ArtefactError
from merflow.files import atomic_path

MADE_OF = "made_of.json"
"""Written last into the folder of a fold, so that one which was cut short has none."""


def finish(folder: Path, made_of: Mapping[str, Any]) -> None:
    """Mark the folder of a fold as whole.

    Parameters
    ----------
    folder : Path
    made_of : mapping
        Everything that decides its bytes: settings, code, examples, device, versions, its name.
    """
    with atomic_path(folder / MADE_OF) as partial:
        partial.write_text(canonical_json(dict(made_of)), encoding="utf-8")


def is_made_of(folder: Path, made_of: Mapping[str, Any]) -> bool:
    """Tell whether a folder holds a whole fold that was made of these very things."""
    path = folder / MADE_OF
    return path.is_file() and path.read_text(encoding="utf-8") == canonical_json(dict(made_of))


def forget_trained(folder: Path) -> None:
    """Remove the folders of trained folds that nobody has asked for: a batch may have more folds than are wanted."""
    if folder.exists():
        shutil.rmtree(folder)


def move_fold(trained: Path, place: Path) -> None:
    """Move a fold that was trained to its place.

    Parameters
    ----------
    trained : Path
        Its folder; gone afterwards.
    place : Path
        ``folds/{fold}``. What lies there under the same names is replaced.

    Raises
    ------
    ArtefactError
        When the fold is not there, or not whole.
    """
    if not (trained / MADE_OF).is_file():
        raise ArtefactError(
            f"{trained}: expected a fold that a job has trained, but found none that is whole: it was deleted by hand, "
            "or Snakemake was killed while it was moved. Run the same command again: the fold is trained anew."
        )
    place.mkdir(parents=True, exist_ok=True)
    for source in sorted(path for path in trained.iterdir() if path.name != MADE_OF):
        target = place / source.name
        if target.is_dir():
            shutil.rmtree(target)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
    (trained / MADE_OF).unlink()  # copied, not moved: a job that is killed before this leaves the fold whole
    shutil.rmtree(trained)
