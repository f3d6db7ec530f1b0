"""Whole folds: every seed in each, every clip by every seed; else a mean over two seeds is one over one and a half."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from merflow.artefacts.differences import differences
from merflow.errors import ArtefactError
from merflow.evaluation.prediction_file import ORACLE_COLUMN, classes_of, refuse
from merflow.training.fold_record import read_record, seeds_in


def check_same_settings(tables: Mapping[Path, pd.DataFrame]) -> None:
    """Refuse folds of other classes than the first, and folds of which only some say what the oracle's epoch predicted.

    Parameters
    ----------
    tables : mapping of Path to DataFrame
        What ``read_prediction_file`` returns of each file.

    Raises
    ------
    ArtefactError
        Names the first fold that differs.
    """
    classes = classes_of(next(iter(tables.values())))
    for path, table in tables.items():
        if classes_of(table) != classes:
            refuse(path, f"the classes {', '.join(classes)} of the first fold", ", ".join(classes_of(table)))
    with_rows = {path: table for path, table in tables.items() if len(table)}
    lacking = [path for path, table in with_rows.items() if ORACLE_COLUMN not in table.columns]
    if 0 < len(lacking) < len(with_rows):
        raise ArtefactError(
            f"{lacking[0]}: expected {ORACLE_COLUMN} for every clip of every fold or for none, but fold "
            f"{lacking[0].parent.name} lacks it. The folds are of different settings: delete the folds folder of the "
            "experiment and run again."
        )


def check_trained_with(folders: Iterable[Path], settings: Mapping[str, Any]) -> None:
    """Refuse folds that were trained with other settings than they are scored under.

    Snakemake trains such folds anew, but where results were copied without its folder ``.snakemake`` it does not know.

    Parameters
    ----------
    folders : iterable of Path
        Of the folds, each with its record.
    settings : mapping
        Of the experiment, as plain values.

    Raises
    ------
    ArtefactError
        Names the first fold that differs, and each setting.
    """
    for folder in folders:
        record = read_record(folder)
        trained = record.made_of.get("settings", {}) if record else {}
        other = differences(trained, settings, known_to_both=True)
        if other:
            raise ArtefactError(
                f"{folder}: expected a fold that was trained with the settings of the experiment, but found one of "
                f"others ({other}). Snakemake does not notice it where results were copied without .snakemake. Delete "
                f"{folder.parent} and give the same command again."
            )


def check_whole(
    tables: Mapping[Path, pd.DataFrame], *, seeds: Sequence[int] | None = None, fold_is_subject: bool = False
) -> None:
    """Refuse folds that lack a seed, a clip of a seed, or all rows though networks were trained.

    Parameters
    ----------
    tables : mapping of Path to DataFrame
        As for :func:`check_same_settings`; a column ``fold`` names each.
    seeds : sequence of int, optional
        That every fold with rows must have; where it is None, those of the first one.
    fold_is_subject : bool
        Whether each fold tests the subject that it is called after, and no other.

    Raises
    ------
    ArtefactError
        Names the file, the seed or clip, and the command that makes the fold anew.
    """
    wanted = None if seeds is None else set(seeds)
    for path, table in tables.items():
        if table.empty:
            _check_empty(path)
            continue
        found = set(table["seed"])
        wanted = found if wanted is None else wanted
        if found != wanted:
            whose = "of the first fold" if seeds is None else "of the experiment's settings"
            refuse(path, f"the seeds {_listed(wanted)} {whose}", f"the seeds {_listed(found)}")
        check_clips_of_seeds(path, table)
        others = set(table["subject"]) - {path.parent.name}
        if fold_is_subject and others:
            refuse(
                path, f"clips of {path.parent.name!r} alone, after whom the fold is called", f"some of {min(others)!r}"
            )


def check_clips_of_seeds(path: Path, table: pd.DataFrame) -> None:
    """Refuse a table in which a seed lacks or doubles a clip, or seeds differ on a clip's subject or label."""
    twice = table[table.duplicated(["seed", "clip"])]
    if len(twice):
        refuse(path, "one prediction a clip and seed", f"{twice['clip'].iloc[0]} twice by seed {twice['seed'].iloc[0]}")
    by_clip, seeds = table.groupby("clip", sort=True), set(table["seed"])
    for clip, found in by_clip["seed"]:
        if len(found) < len(seeds):
            refuse(path, f"each of its clips by the seeds {_listed(seeds)}", f"{clip} by {_listed(found)} alone")
    for column in ("subject", "label"):
        for clip, found in by_clip[column]:
            if found.nunique() > 1:
                refuse(path, f"one {column} for {clip} by every seed", " and ".join(sorted(set(found))))


def check_once(table: pd.DataFrame) -> None:
    """Refuse a clip that two folds predict.

    Raises
    ------
    ArtefactError
        Names the clip, the seed and the folds.
    """
    twice = table[table.duplicated(["seed", "clip"])]
    if len(twice):
        clip, seed = twice[["clip", "seed"]].iloc[0]
        folds = table["fold"][(table["clip"] == clip) & (table["seed"] == seed)]
        raise ArtefactError(
            f"expected each clip in one fold, but found {clip} in the folds {', '.join(sorted(folds))}. The folds are "
            "of different runs: delete the folds folder of the experiment and run again."
        )


def _check_empty(path: Path) -> None:
    """Refuse a file without rows beside weights: networks were trained, so there were clips to predict."""
    trained = seeds_in(path.parent / "weights")
    if trained:
        refuse(path, f"the predictions of {', '.join(file.stem for file in trained)}", "no rows")


def _listed(seeds: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(set(seeds))))
