"""Predictions of the benchmark that the repository keeps, so that the hours of a method are spent once.

Two files a method. ``<experiment>.csv``: a row is a clip, with a column for each seed: ``clip``, ``subject``,
``label``, ``difficulty``, ``seed_0``, ... The scores of the classes are not kept. ``<experiment>.yaml``: the settings
of the run, of every stage too.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from merflow.config.schema import Schema, child_schema, with_defaults
from merflow.evaluation.settings_file import read_settings, write_settings
from merflow.files import atomic_path

_OF_A_CLIP = ["clip", "subject", "label", "difficulty"]
_SEED = "seed_"
_WITHOUT_PREDICTIONS = ("description", "paper", "datasets", "baselines", "bootstrap")
"""Settings of an experiment that decide no prediction."""


def keep(
    folder: Path,
    method: str,
    predictions: pd.DataFrame,
    difficulty: Mapping[str, str],
    *,
    settings: Mapping[str, Any],
) -> None:
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
    settings : mapping
        ``settings.yaml`` of the results.

    Raises
    ------
    KeyError
        A clip has no difficulty: the predictions are of other recordings.
    """
    levels = [difficulty[clip] for clip in predictions["clip"]]
    table = predictions.assign(difficulty=levels)
    wide = table.pivot(index=_OF_A_CLIP, columns="seed", values="predicted").add_prefix(_SEED).reset_index()
    with atomic_path(folder / f"{method}.csv") as partial:
        wide.to_csv(partial, index=False, lineterminator="\n")
    write_settings(settings, folder / f"{method}.yaml")


def kept_runs(folder: Path, settings: Mapping[str, Mapping[str, Any]], *, schema: Schema) -> dict[str, pd.DataFrame]:
    """Return the predictions of each method that was run with the settings that it has now.

    A setting that came after the run had its default in the run: with another value now the run is an earlier one.

    Parameters
    ----------
    folder : Path
        Of all methods.
    settings : mapping of str to mapping
        Method -> its settings now, as :func:`merflow.plan.resolved_settings` returns them. A method that is not named
        here is passed over.
    schema : mapping
        JSON Schema of the configuration, for the defaults.

    Returns
    -------
    dict of str to DataFrame
        Columns ``clip``, ``subject``, ``label``, ``difficulty``, ``seed``, ``predicted``, sorted by seed and clip.

    Raises
    ------
    ArtefactError
        As ``read_settings``.
    ValueError
        As `read_kept`.
    """
    return {
        name: read_kept(folder / f"{name}.csv")
        for name, now in settings.items()
        if (folder / f"{name}.csv").is_file()
        and _is_current(_of_predictions(read_settings(folder / f"{name}.yaml")), _of_predictions(now), schema)
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


def _of_predictions(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that decide predictions."""
    own = {name: value for name, value in settings["experiment"].items() if name not in _WITHOUT_PREDICTIONS}
    return {**settings, "experiment": own}


def _is_current(kept: Mapping[str, Any], now: Mapping[str, Any], schema: Schema) -> bool:
    """Return whether a run has the settings of now: its own are the same, and others of now have their default."""
    return _holds(kept, now) and _holds(now, _completed(kept, schema))


def _completed(settings: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """Return the settings of a run with the default of each that they lack."""

    def whole(section: str, block: Mapping[str, Any]) -> dict[str, Any]:
        node = child_schema(schema["properties"][section], "", schema)
        return dict(with_defaults(block, node or {}, schema))

    dataset, experiment = whole("datasets", settings["dataset"]), whole("experiments", settings["experiment"])
    reader, model = schema["$defs"]["readers"][dataset["reader"]], schema["$defs"]["models"][experiment["model"]]
    experiment["model_params"] = with_defaults(experiment["model_params"], model, schema)
    return {
        "dataset": with_defaults(dataset, reader, schema),
        "experiment": experiment,
        "artefacts": {name: whole(name.partition("/")[0], own) for name, own in settings["artefacts"].items()},
    }


def _holds(some: Any, others: Any) -> bool:
    """Return whether each of some settings has the same value among others."""
    if isinstance(some, Mapping):
        there = isinstance(others, Mapping)
        return there and all(name in others and _holds(own, others[name]) for name, own in some.items())
    if isinstance(some, list | tuple):
        as_many = isinstance(others, list | tuple) and len(others) == len(some)
        return as_many and all(map(_holds, some, others))
    return bool(some == others)
