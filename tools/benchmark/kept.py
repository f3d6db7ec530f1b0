"""Predictions of the benchmark that the repository keeps, so that the hours of a method are spent once.

A file a method, ``<experiment>.csv``. A row is a clip, with a column for each seed: ``clip``, ``subject``, ``label``,
``difficulty``, ``seed_0``, ... The scores of the classes are not kept. ``runs.csv`` says of which settings and merflow
each of them is.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from merflow import plan
from merflow.config import Config
from merflow.version import VERSION

_OF_A_CLIP = ["clip", "subject", "label", "difficulty"]
_OF_A_RUN = ["method", "merflow", "settings"]
_SEED = "seed_"
_RUNS = "runs.csv"
_TEXTS = ("description", "paper", "datasets")
"""Settings that decide no number."""


def settings_digest(config: Config, experiment: str, dataset: str) -> str:
    """Return a digest of all settings that decide the numbers of an experiment, of every stage too."""
    resolved = plan.resolved_settings(config, experiment, dataset)
    own = {name: value for name, value in resolved["experiment"].items() if name not in _TEXTS}
    text = json.dumps(resolved | {"experiment": own}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def keep(folder: Path, method: str, predictions: pd.DataFrame, difficulty: Mapping[str, str], *, settings: str) -> None:
    """Write what a method predicted of each clip, in place of an earlier run.

    Parameters
    ----------
    folder : Path
        Of all methods.
    method : str
        Name of the experiment.
    predictions : DataFrame
        As ``read_collected`` returns them: a row a clip and seed.
    difficulty : mapping of str to str
        Clip -> easy, medium or hard.
    settings : str
        As from `settings_digest`.

    Raises
    ------
    KeyError
        A clip has no difficulty: the predictions are of other recordings.
    """
    levels = [difficulty[clip] for clip in predictions["clip"]]
    table = predictions.assign(difficulty=levels)
    wide = table.pivot(index=_OF_A_CLIP, columns="seed", values="predicted").add_prefix(_SEED).reset_index()
    folder.mkdir(parents=True, exist_ok=True)
    wide.to_csv(folder / f"{method}.csv", index=False, lineterminator="\n")
    runs = {name: row for name, row in _read_runs(folder).items() if name != method}
    runs[method] = [method, VERSION, settings]
    rows = pd.DataFrame([runs[name] for name in sorted(runs)], columns=_OF_A_RUN)
    rows.to_csv(folder / _RUNS, index=False, lineterminator="\n")


def kept_runs(folder: Path, settings: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Return the predictions of each method that was run with the settings that it has now.

    Parameters
    ----------
    folder : Path
        Of all methods.
    settings : mapping of str to str
        Method -> its settings now, as from `settings_digest`. A method that is not named here is passed over.

    Returns
    -------
    dict of str to DataFrame
        Columns ``clip``, ``subject``, ``label``, ``difficulty``, ``seed``, ``predicted``, sorted by seed and clip.

    Raises
    ------
    ValueError
        As `read_kept`.
    """
    known = _read_runs(folder)
    return {
        name: read_kept(folder / f"{name}.csv")
        for name, digest in settings.items()
        if name in known and known[name][_OF_A_RUN.index("settings")] == digest
    }


def read_kept(path: Path) -> pd.DataFrame:
    """Return what a method predicted, a row a clip and seed, as in `kept_runs`.

    Raises
    ------
    ValueError
        The file has other columns than `keep` writes, or an empty cell.
    """
    wide = pd.read_csv(path, dtype=str, keep_default_na=False)
    names = list(map(str, wide))
    seeds = names[len(_OF_A_CLIP) :]
    if names != _OF_A_CLIP + seeds or not seeds or not all(name.startswith(_SEED) for name in seeds):
        raise ValueError(f"{path}: expected the columns {', '.join(_OF_A_CLIP)}, seed_0, ..., found {', '.join(names)}")
    if (wide == "").to_numpy().any():
        raise ValueError(f"{path}: expected a value in each cell, found an empty one")
    table = wide.melt(id_vars=_OF_A_CLIP, var_name="seed", value_name="predicted")
    table["seed"] = table["seed"].str.removeprefix(_SEED).astype(int)
    return table.sort_values(["seed", "clip"], kind="stable", ignore_index=True)


def _read_runs(folder: Path) -> dict[str, list[str]]:
    path = folder / _RUNS
    if not path.is_file():
        return {}
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return {row[0]: row for row in table[_OF_A_RUN].to_numpy().tolist()}
