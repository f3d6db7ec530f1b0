"""Folds that a job has trained, on the way to their place: each is whole, and says what it was made of."""

import glob
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from merflow.artefacts.provenance import canonical_json
from merflow.errors import ArtefactError
from merflow.files import atomic_path

MADE_OF = "made_of.json"
"""Written last into the folder of a fold, so that one which was cut short has none."""

_BEGUN = "begun"
"""In the workplace of a job from the first moment on, so that a job whose workplace was removed notices."""


def new_workplace(folder: Path) -> Path:
    """Make the folder in which one job trains the fold of `folder`, beside it.

    Each job has its own: one that was forgotten, as on a node that was cut off, may still write when the next one
    trains the same fold.
    """
    workplace = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}")
    workplace.mkdir(parents=True)
    (workplace / _BEGUN).touch()
    return workplace


def finish(workplace: Path, folder: Path, made_of: Mapping[str, Any]) -> None:
    """Put a fold that is trained where it is kept, marked as whole, and remove what jobs before it left of it.

    Parameters
    ----------
    workplace : Path
        As :func:`new_workplace` made it for `folder`.
    folder : Path
        What lies there is replaced.
    made_of : mapping
        Everything that decides its bytes, its name too: see ``merflow.training.batch.made_of``.

    Raises
    ------
    ArtefactError
        When a later job has trained the fold meanwhile and removed the workplace: what came afterwards is a part.
    """
    if not (workplace / _BEGUN).is_file():
        shutil.rmtree(workplace, ignore_errors=True)
        raise ArtefactError(
            f"{folder}: another job has begun to train this fold after this one, and has finished it. That fold is as "
            "good."
        )
    with atomic_path(workplace / MADE_OF) as partial:
        partial.write_text(canonical_json(dict(made_of)), encoding="utf-8")
    (workplace / _BEGUN).unlink()
    if folder.exists():
        shutil.rmtree(folder)
    workplace.rename(folder)
    for left in folder.parent.glob(f".{glob.escape(folder.name)}.????????"):
        shutil.rmtree(left)


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
