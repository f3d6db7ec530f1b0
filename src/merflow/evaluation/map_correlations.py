"""How alike the places are that two experiments look at: correlations of their mean activation maps (4DME, Table 9)."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from merflow.counts import count
from merflow.errors import ConfigError
from merflow.evaluation.rows import joined_note
from merflow.files import atomic_path
from merflow.training.activation_maps import ActivationMaps
from merflow.training.grad_cam import FLAT

PRINTED = "published_map_correlations.csv"
"""Table 9 of the 4DME paper, the lower half of its symmetric part included."""

SOURCE = "printed: Res3D on 4DME, Table 9 of its paper"

CORRELATION_COLUMNS = ("experiment", "row", "column", "ours", "n_row", "n_column", "printed", "note")


class Row(NamedTuple):
    """A row of the matrix: a label of one of the experiments."""

    experiment: str
    label: str


def published_correlations() -> Mapping[tuple[str, str], float]:
    """Return the printed correlations of Res3D on 4DME by row and column, as merflow calls the labels."""
    with files("merflow.evaluation").joinpath(PRINTED).open(encoding="utf-8") as file:
        table = pd.read_csv(file)
    return {(row, column): float(value) for row, column, value in table[["row", "column", "value"]].to_numpy()}


def correlate_maps(both: Mapping[str, ActivationMaps], *, leave_out: Sequence[str] = ()) -> pd.DataFrame:
    """Return the Pearson correlation of each map of both experiments with each map of the first one.

    Parameters
    ----------
    both : mapping of str to ActivationMaps
        Two experiments by name; the labels of the first are the columns.
    leave_out : sequence of str
        Labels without a row and a column.

    Returns
    -------
    DataFrame
        ``CORRELATION_COLUMNS``, one row a cell: the rows of the first experiment and then those of the second, labels
        that are printed in the order of Table 9 before others. ``ours`` is NaN where a label has no map, or its map is
        the same everywhere; the note says so. ``printed`` is NaN where the table has no such cell.

    Raises
    ------
    ConfigError
        When no label is left, or the two see pictures of another size: their maps then cover other parts of the face.
    """
    first = next(iter(both))
    _check_same_picture(both)
    printed = published_correlations()
    columns = _ordered(both[first].labels, leave_out, printed)
    if not columns:
        raise ConfigError(
            f"{first}: expected a label beside those of activation_maps.leave_out, but found "
            f"{', '.join(both[first].labels)}. Leave out fewer labels."
        )
    rows = [Row(name, label) for name in both for label in _ordered(both[name].labels, leave_out, printed)]
    cells = []
    for row in rows:
        for column in columns:
            known = row.experiment == first or row.label not in columns
            own = (both[row.experiment], row.label), (both[first], column)
            value = printed.get((row.label, column), np.nan) if known else np.nan
            note = joined_note(_note(own, names=(row.experiment, first)), SOURCE if np.isfinite(value) else "")
            cells.append((*row, column, _correlation(*own), *(_clips(*one) for one in own), value, note))
    return pd.DataFrame(cells, columns=list(CORRELATION_COLUMNS))


def write_correlations(table: pd.DataFrame, path: Path) -> None:
    """Write the table, printed numbers with the digits that are printed; the file appears only when whole."""
    printed = [f"{value:.2f}" if np.isfinite(value) else "" for value in table["printed"]]
    with atomic_path(path) as partial:
        table.assign(printed=printed).to_csv(partial, index=False, float_format="%.6f", lineterminator="\n")


def write_maps(both: Mapping[str, ActivationMaps], path: Path) -> None:
    """Write the maps as ``.npz``: of each experiment ``<name>/labels``, ``<name>/maps``, ``/clips`` and ``/face``."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, maps in both.items():
        arrays |= {
            f"{name}/labels": np.array(maps.labels),
            f"{name}/maps": maps.maps.astype(np.float32),
            f"{name}/clips": maps.clips,
            f"{name}/face": maps.face.astype(np.float32),
        }
    with atomic_path(path) as partial, partial.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


def _ordered(
    labels: Sequence[str], leave_out: Sequence[str], printed: Mapping[tuple[str, str], float]
) -> tuple[str, ...]:
    """Return the labels that are kept, those of the printed table first and in its order."""
    kept = [label for label in labels if label not in leave_out]
    order = {label: number for number, label in enumerate(dict.fromkeys(row for row, _ in printed))}
    return tuple(sorted(kept, key=lambda label: order.get(label, len(order))))


def _correlation(a: tuple[ActivationMaps, str], b: tuple[ActivationMaps, str]) -> float:
    """Return the Pearson correlation of two maps; NaN where one is missing or the same everywhere."""
    if any(why_without_correlation(maps, label) for maps, label in (a, b)):
        return float("nan")
    x, y = (maps.of(label).ravel() for maps, label in (a, b))
    x, y = x - x.mean(), y - y.mean()
    return float(x @ y / np.sqrt((x @ x) * (y @ y)))


def _clips(maps: ActivationMaps, label: str) -> int:
    return int(maps.clips[maps.labels.index(label)])


def _note(own: Sequence[tuple[ActivationMaps, str]], *, names: Sequence[str]) -> str:
    """Say why a cell is empty, what was left out, whose networks it is of, and how fine the maps are."""
    empty = dict.fromkeys(why_without_correlation(maps, label) for maps, label in own)
    left_out = dict.fromkeys(what_is_left_out(maps, label) for maps, label in own)
    of = dict.fromkeys(f"{name}: {maps.about}" for (maps, _), name in zip(own, names, strict=True))
    return joined_note(*empty, *left_out, *of)


def why_without_correlation(maps: ActivationMaps, label: str) -> str:
    """Return why the map of a label cannot be correlated; empty where it can."""
    if not maps.clips[maps.labels.index(label)]:
        return f"no clip is behind a map of {label}"
    own = maps.of(label)
    return f"the map of {label} is the same everywhere" if np.ptp(own) <= FLAT * own.max() else ""


def what_is_left_out(maps: ActivationMaps, label: str) -> str:
    """Return how many clips of a label the maps leave out, and why; empty where none is."""
    unlearnt = int(maps.unlearnt[maps.labels.index(label)])
    left_out = f"{count(unlearnt, 'clip')} of {label} left out: the training clips of the fold agree on {label}"
    return left_out if unlearnt else ""


def _check_same_picture(both: Mapping[str, ActivationMaps]) -> None:
    (first, a), (second, b) = ((name, maps.face.shape[:2]) for name, maps in both.items())
    if a != b:
        raise ConfigError(
            f"expected two experiments that see the same part of the face, but {first} sees {a[0]} x {a[1]} px and "
            f"{second} {b[0]} x {b[1]}. Give both the same artefact and the same model_params.crop."
        )
