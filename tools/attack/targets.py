"""Targets: every kind of file that merflow reads, and who reads it."""

import csv
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from tools.attack.damage import DAMAGES, SWAPPED
from tools.attack.pictures import write_pictures

from merflow.artefacts import open_shard, read_examples
from merflow.config import read_config
from merflow.datasets.clip_table import read_clips, read_exclusions
from merflow.datasets.reading.frames import read_unchanged
from merflow.datasets.reading.grids import read_grids
from merflow.datasets.registry import index_dataset
from merflow.evaluation.baselines import with_baselines
from merflow.evaluation.metrics import HEADLINE
from merflow.evaluation.predictions import read_collected, read_predictions
from merflow.evaluation.rows import MetricRow, Scope
from merflow.models.declared import NETWORKS
from merflow.training.fold_record import check_fold
from merflow.training.trained import load_trained
from merflow.visualization.results.curves import read_history

ANY, OTHER_FILE = frozenset(DAMAGES), frozenset({SWAPPED})


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of file.

    Parameters
    ----------
    name : str
        For the table.
    files : tuple of Path
        Of the kind, each in its place; they are damaged there and put back.
    read : callable
        Path of such a file -> its content, as the step that reads it takes it.
    unseen : frozenset of str
        Kinds of damage after which another content may pass, since nothing tells it: `ANY` of a format without a
        checksum, of a text that is written by hand, and of a forged seal; `OTHER_FILE` of recordings, since each is as
        good as another.
    sealed_anew : bool
        Whether the file gets a new seal after the damage, as a forger gives it.
    """

    name: str
    files: tuple[Path, ...]
    read: Callable[[Path], Any]
    unseen: frozenset[str] = frozenset()
    sealed_anew: bool = False


def targets_in(folder: Path, checkout: Path) -> list[Target]:
    """Return the targets of a finished run, and put beside it what it does not hold.

    Parameters
    ----------
    folder : Path
        That holds ``results`` of one dataset in the layout of CAS(ME)^3; its own copy, since files in it are damaged.
    checkout : Path
        Of merflow, for its configuration.
    """
    dataset = next(folder.glob("results/*/clips.csv")).parent
    return [*_artefacts(dataset), *_folds(dataset), *_tables(dataset), *_inputs(dataset, folder, checkout)]


def _artefacts(dataset: Path) -> Iterator[Target]:
    for folder in sorted(dataset.glob("artefacts/*")):
        files = tuple(sorted(folder.glob("*/*.h5")))
        yield Target(f"shard of {folder.name}", files, _shard)
        yield Target(f"shard of {folder.name}, sealed anew", files, _shard, ANY, sealed_anew=True)
    files = tuple(sorted(dataset.glob("*/examples.h5")))
    yield Target("`examples.h5`", files, read_examples)
    yield Target("`examples.h5`, sealed anew", files, read_examples, ANY, sealed_anew=True)


def _folds(dataset: Path) -> Iterator[Target]:
    for name, read in (
        ("predictions.csv", _scored),
        ("made_of.json", _scored),
        ("history.csv", _drawn),
    ):
        yield Target(f"`folds/*/{name}`", tuple(sorted(dataset.glob(f"*/folds/*/{name}"))), read)
    weights = sorted(dataset.glob("*/folds/*/weights/*.pt"))
    of_networks = tuple(path for path in weights if _settings(path.parents[3])["model"] in NETWORKS)
    yield Target("`folds/*/weights/*.pt`", of_networks, _network)


def _tables(dataset: Path) -> Iterator[Target]:
    yield Target("`clips.csv`", (dataset / "clips.csv",), read_clips)
    yield Target("`exclusions.csv`", tuple(sorted(dataset.rglob("exclusions.csv"))), read_exclusions)
    yield Target("`metrics.csv` of a baseline", tuple(sorted(dataset.glob("*/metrics.csv"))), _beside)
    yield Target("`predictions.csv` of an experiment", tuple(sorted(dataset.glob("*/predictions.csv"))), read_collected)


def _inputs(dataset: Path, folder: Path, checkout: Path) -> Iterator[Target]:
    raw = dataset / "raw"
    for kind, files in write_pictures(raw, folder / "pictures").items():
        yield Target(kind, files, read_unchanged, OTHER_FILE if kind.startswith("PNG") else ANY)
    depth = tuple(sorted(raw.rglob("*.png")))[:20]
    yield Target("PNG of depth, recorded", depth, read_unchanged, OTHER_FILE)
    yield from _sheets(raw, folder / "sheet")
    schema = Path("workflow/schemas/config.schema.yaml")
    (folder / schema).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(checkout / schema, folder / schema)
    shutil.copy(checkout / "config.yaml", folder / "config.yaml")
    yield Target("`config.yaml`", (folder / "config.yaml",), read_config, ANY)


def _sheets(raw: Path, folder: Path) -> Iterator[Target]:
    """Yield the official sheet as it is, and saved as text beside a link to the recordings."""
    sheets = tuple(path for path in sorted(raw.rglob("*.xlsx")) if "micro" in path.name.lower() or "ME" in path.name)
    yield Target("sheet, `.xlsx`", sheets, lambda _: index_dataset("d", "casme3", {"root": str(raw)}))
    grid = read_grids(sheets[0], ())[0]
    folder.mkdir()
    text = folder / f"{sheets[0].stem}.csv"
    with text.open("w", newline="") as file:
        csv.writer(file).writerows(["" if cell is None else cell for cell in row] for row in grid.rows)
    settings = {"root": str(raw), "annotation": str(folder)}
    yield Target("sheet, `.csv`", (text,), lambda _: index_dataset("d", "casme3", settings), ANY)


def _settings(experiment: Path) -> dict[str, Any]:
    """Return the settings of an experiment, as the workflow keeps them beside its metrics."""
    kept: dict[str, Any] = yaml.safe_load((experiment / "settings.yaml").read_text(encoding="utf-8"))
    return dict(kept["experiment"])


def _shard(path: Path) -> list[Any]:
    with open_shard(path, kind=path.parts[-3]) as shard:
        arrays = {(clip, name): shard.read(clip, name) for clip in shard.clips for name in shard.fields(clip)}
        return [arrays, {clip: shard.attrs(clip) for clip in shard.clips}, shard.exclusions, shard.params]


def _scored(path: Path) -> Any:
    """Read a fold as ``score_experiment`` does."""
    check_fold(path.parent, place=path.parent)
    seeds = _settings(path.parents[2])["seeds"]
    return read_predictions([path.parent / "predictions.csv"], seeds=seeds, fold_is_subject=True)


def _drawn(path: Path) -> Any:
    """Read a history as ``draw_curves`` does."""
    check_fold(path.parent, place=path.parent)
    return read_history(path)


def _network(path: Path) -> Any:
    """Read weights as the pictures of a network do."""
    trained = load_trained(path)
    return [dict(trained.network.state_dict()), dict(trained.config)]


def _beside(path: Path) -> Any:
    """Read the metrics of a baseline as ``score_experiment`` does."""
    own = [MetricRow(metric=name, scope=Scope.POOLED, value=0.5, n=6, note="") for name in HEADLINE]
    return with_baselines(own, {path.parent.name: path})
