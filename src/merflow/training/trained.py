"""Trained networks again: rebuild one from the weights file that its fold wrote."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from merflow.errors import ArtefactError
from merflow.models import MODELS, build_model
from merflow.models.weights_file import read_weights
from merflow.training.points import thinned_shape

_NEEDED = ("model", "model_params", "classes", "fold", "seed", "input_shape", "edges", "au_numbers", "training")


def load_trained(path: Path) -> tuple[nn.Module, dict[str, Any]]:
    """Rebuild a network from ``folds/{fold}/weights/seed{k}.pt``.

    Parameters
    ----------
    path : Path

    Returns
    -------
    model : nn.Module
        In evaluation mode, on the CPU.
    config : dict
        What ``merflow.training.fold.run_fold`` saved with it: model, its parameters, classes, fold, seed and so on.

    Raises
    ------
    ArtefactError
        When there is no such file, it is none of ours, it holds no network (yardsticks write one too), or its tensors
        are not those of the network that it names.
    """
    state, config = _read(Path(path))
    name = config["model"]
    if name not in MODELS:
        raise ArtefactError(
            f"{path}: expected the weights of a network ({', '.join(sorted(MODELS))}), but found those of {name!r}. "
            "Give the weights of another experiment."
        )
    with torch.random.fork_rng(devices=[]):  # fresh weights are drawn, and at once replaced
        model = build_model(
            name,
            config["model_params"],
            thinned_shape(config["input_shape"], config["training"]["train_points"]),  # as the network saw it
            len(config["classes"]),
            n_aus=len(config["au_numbers"]),
            edges=[(int(a), int(b)) for a, b in config["edges"]],
        )
    _check_state(path, name, found=state, expected=model.state_dict())
    model.load_state_dict(state)
    return model.eval(), config


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors and the configuration of a fold's weights."""
    state, config = read_weights(
        path, what="the weights of a fold", advice="Delete the fold, if it is there, and run the workflow again."
    )
    lacking = [key for key in _NEEDED if key not in config]
    if lacking:
        raise ArtefactError(
            f"{path}: expected a configuration with {', '.join(lacking)}, but it has none: another version wrote it. "
            "Delete the fold and run the workflow again."
        )
    return state, config


def _check_state(path: Path, name: str, *, found: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    """Refuse tensors of another architecture, naming the first that differs."""
    shapes = [{key: tuple(value.shape) for key, value in state.items()} for state in (found, expected)]
    for key in sorted(set(found) | set(expected)):
        here, wanted = (side.get(key) for side in shapes)
        if here != wanted:
            raise ArtefactError(
                f"{path}: expected the weights of {name} with {key} of shape {wanted or 'none'}, but found "
                f"{here or 'none'}: they are of another architecture. Delete the fold and run the workflow again."
            )
