"""What GTS-GN and SS-GN learn beside their weights proper, from the trained networks of all folds and seeds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor, nn

from merflow.errors import ArtefactError
from merflow.training.trained import load_trained


@runtime_checkable
class LearnsGraph(Protocol):
    """A network that learns a matrix beside the given graph."""

    def adjacencies(self) -> list[tuple[str, int, Tensor]]:
        """Return (stream, layer from 1, learnt adjacency (nodes, nodes))."""


@runtime_checkable
class WeighsLayers(Protocol):
    """A network that weighs the loss of the action units by layer."""

    au_layers: list[int]

    def au_weights(self) -> Tensor:
        """Return one weight for each of `au_layers`; they sum to one."""


@dataclass(frozen=True, slots=True)
class LearnedGraphs:
    """The learnt adjacency matrices of one experiment.

    Attributes
    ----------
    folds : ndarray of shape (r,), str
        Fold of each run.
    seeds : ndarray of shape (r,), int64
        Seed of each run.
    matrices : mapping of (str, int) to ndarray of shape (r, N, N), float64
        By stream and layer (from 1), in the order of the network: row i holds what node i takes from each other node.
    edges : tuple of (int, int)
        Pairs of nodes that the given graph joins.
    """

    folds: NDArray[np.str_]
    seeds: NDArray[np.int64]
    matrices: Mapping[tuple[str, int], NDArray[np.float64]]
    edges: tuple[tuple[int, int], ...]

    @property
    def nodes(self) -> int:
        """Number of nodes of a frame."""
        first = next(iter(self.matrices.values()))
        return len(first[0])


def learned_graphs(weights: Sequence[Path]) -> LearnedGraphs:
    """Read the learnt adjacency matrices of an experiment.

    Parameters
    ----------
    weights : sequence of Path
        ``weights/seed{k}.pt`` of each fold and seed of one experiment.

    Raises
    ------
    ArtefactError
        When there is no file, a network has no learnt graph, or two are of different experiments.
    """
    runs = list(_load_all(weights))
    found: dict[tuple[str, int], list[NDArray[np.float64]]] = {}
    for path, model, config in runs:
        learnt = model.adjacencies() if isinstance(model, LearnsGraph) else []
        if not learnt:
            raise ArtefactError(
                f"{path}: expected a network that learns a graph, but {config['model']} with {config['model_params']} "
                "does not. Use gts_gn or ss_gn with learnable_adjacency: true."
            )
        for stream, layer, matrix in learnt:
            found.setdefault((stream, layer), []).append(matrix.double().numpy())
    _, _, first = runs[0]
    return LearnedGraphs(
        folds=np.array([config["fold"] for _, _, config in runs], dtype=np.str_),
        seeds=np.array([config["seed"] for _, _, config in runs], dtype=np.int64),
        matrices={key: np.stack(matrices) for key, matrices in found.items()},
        edges=tuple((int(a), int(b)) for a, b in first["edges"]),
    )


def au_weight_table(weights: Sequence[Path]) -> pd.DataFrame:
    """Return how much each layer counts in the loss of the action units (GTS-GN eq. 11, Table VIII).

    Parameters
    ----------
    weights : sequence of Path
        ``weights/seed{k}.pt`` of each fold and seed of one experiment.

    Returns
    -------
    DataFrame
        One row a fold and constrained layer, folds in the order of `weights`: ``fold``, ``layer`` (from 1), ``weight``,
        the mean of ``W_r^2 / sum W^2`` over the seeds, and ``seeds``, how many runs these are. The weights of a fold
        sum to one.

    Raises
    ------
    ArtefactError
        When there is no file, a network has no such weights, or two are of different experiments.
    """
    rows = []
    for path, model, config in _load_all(weights):
        if not (isinstance(model, WeighsLayers) and len(model.au_layers) > 1):
            raise ArtefactError(
                f"{path}: expected a network that weighs action units by layer, but {config['model']} with "
                f"{config['model_params']} does not. Use gts_gn with au_loss: adaptive."
            )
        values = zip(model.au_layers, model.au_weights().double().tolist(), strict=True)
        rows += [(config["fold"], layer, value, config["seed"]) for layer, value in values]
    runs = pd.DataFrame(rows, columns=["fold", "layer", "weight", "seed"])
    layers = runs.groupby(["fold", "layer"], sort=False)
    return layers.agg(weight=("weight", "mean"), seeds=("seed", "nunique")).reset_index()


def _load_all(weights: Sequence[Path]) -> Iterator[tuple[Path, nn.Module, Mapping[str, Any]]]:
    """Yield each network; all must be of one model with the same parameters, on the same graph."""
    if not weights:
        raise ArtefactError("expected the weights of at least one fold, but got none. Every fold is without clips.")
    first: Mapping[str, Any] = {}
    for path in weights:
        trained = load_trained(path)
        config = trained.config
        first = first or config
        for key in ("model", "model_params", "edges"):
            if config[key] != first[key]:
                raise ArtefactError(
                    f"{path}: expected {key} {first[key]}, as in {weights[0]}, but found {config[key]}. "
                    "Give the weights of one experiment."
                )
        yield path, trained.network, config
