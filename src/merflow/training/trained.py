"""Trained networks again: rebuild one from the weights file that its fold wrote, and score examples as the fold did."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from merflow.artefacts import Examples, take_rows
from merflow.errors import ArtefactError, ConfigError
from merflow.models.declared import NETWORKS, network_named
from merflow.models.network import Network
from merflow.models.registry import build_model
from merflow.training.clips import Clips, OnDevice
from merflow.training.execution import reproducible
from merflow.training.fold_record import check_weights
from merflow.training.loop import predict
from merflow.training.rows import MULTI, what_rows_hold
from merflow.training.target import target_of
from merflow.untrusted.weights_file import read_weights

_ROWS = ("classes", "input_shape", "dims", "dtype", "input", "edges")
_NEEDED = ("model", "model_params", "fold", "seed", "protocol", "au_numbers", *_ROWS)


@dataclass(frozen=True, slots=True)
class TrainedNetwork:
    """A network that its fold has trained, and what it was trained on.

    Attributes
    ----------
    network : Network
        In evaluation mode, on the CPU. It refuses batches of another shape than it was trained on.
    config : mapping
        What ``merflow.training.fold.run_fold`` saved with it: model, its parameters, classes, fold, seed and so on.
    path : Path
        The weights file.
    """

    network: Network
    config: Mapping[str, Any]
    path: Path

    def clips(self, examples: Examples, rows: NDArray[np.int64] | None = None) -> Clips:
        """Return clips as the network takes them.

        Parameters
        ----------
        examples : Examples
            As ``merflow.artefacts.read_examples`` returns them, of this or of another dataset.
        rows : ndarray of shape (n,), int64, optional
            Rows of the examples; all of them by default.

        Raises
        ------
        ArtefactError
            When the rows hold something else than those that it was trained on: another artefact, shape, kind, unit,
            graph or label set.
        """
        given = what_rows_hold(examples)
        for fact in (*_ROWS, MULTI):
            found = given.get(fact)
            if found != self.config.get(fact):
                raise ArtefactError(
                    f"{self.path}: expected examples with the {fact} that the network was trained on, "
                    f"{_shortened(self.config.get(fact))}, but found {_shortened(found)}. Give the examples.h5 of an "
                    "experiment with the same artefact, input, training.train_points and labels."
                )
        chosen = np.arange(len(examples.label)) if rows is None else np.asarray(rows)
        return Clips(take_rows(examples.x, chosen), examples.label[chosen], examples.apex_and_length[chosen])

    def scores(self, examples: Examples, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Return the scores (n, classes) of clips, those of ``predictions.csv`` for the test clips of its fold.

        Parameters
        ----------
        examples, rows
            As for ``clips``, which raises for it.
        """
        clips = self.clips(examples, rows)
        with reproducible(torch.device("cpu")):
            return predict(
                self.network,
                clips.x,
                torch.device("cpu"),
                apex_and_length=clips.apex_and_length,
                target=target_of(clips.labels),
            )

    def action_units(self, examples: Examples, rows: NDArray[np.int64] | None = None) -> Mapping[int, NDArray[Any]]:
        """Return the probability (n,) of each action unit that a training clip showed, by its FACS number.

        Of a network that constrains several layers, that of the last one. Empty for a network that tells none.

        Parameters
        ----------
        examples, rows
            As for ``clips``, which raises for it.
        """
        if type(self.network).forward_with_aus is Network.forward_with_aus:
            return {}
        shown = tuple(self.config["au_numbers"])
        numbers = getattr(self.network, "units", shown)  # AU-graph has its own, in its own order
        clips = self.clips(examples, rows)
        with reproducible(torch.device("cpu")), torch.inference_mode():
            batches = OnDevice(clips.x, clips.apex_and_length, torch.device("cpu")).batches()
            told = [self.network.forward_with_aus(x)[1][-1:] for x, _ in batches]
        if not told[0]:  # its loss of the action units is off
            return {}
        columns = torch.cat([logits for (logits,) in told]).sigmoid().numpy().T
        return {number: column for number, column in zip(numbers, columns, strict=True) if number in shown}


def load_trained(path: Path) -> TrainedNetwork:
    """Rebuild a network from ``folds/{fold}/weights/seed{k}.pt``.

    Parameters
    ----------
    path : Path

    Raises
    ------
    ArtefactError
        When there is no such file, it is none of ours, it holds no network (baselines write one too), another version
        wrote it, its tensors are not those of the network that it names, or it is not the one of its fold's record.
    """
    state, config = _read(Path(path))
    check_weights(Path(path))
    return rebuilt(Path(path), state, config)


def rebuilt(
    path: Path,
    state: Mapping[str, Tensor],
    config: Mapping[str, Any],
    *,
    advice: str = "Delete the fold and run the workflow again.",
) -> TrainedNetwork:
    """Return the network of tensors and of the configuration that was saved with them.

    Parameters
    ----------
    path : Path
        The file that they are of.
    state : mapping of str to Tensor
    config : mapping
        As ``TrainedNetwork.config``.
    advice : str
        The user's next move, a sentence.

    Raises
    ------
    ArtefactError
        When the configuration lacks something, names no network, or the tensors are those of another one.
    """
    lacking = [key for key in _NEEDED if key not in config]
    if lacking:
        raise ArtefactError(
            f"{path}: expected a configuration with {', '.join(lacking)}, but it has none: another version wrote it. "
            f"{advice}"
        )
    name = config["model"]
    try:
        network_named(name)
    except ConfigError as error:  # of a baseline, or of a plug-in that is not at hand
        advice = str(error) if ":" in name else "Give the weights of another experiment."
        raise ArtefactError(
            f"{path}: expected the weights of a network ({', '.join(sorted(NETWORKS))}, or a plug-in), but found those "
            f"of {name!r}. {advice}"
        ) from error
    with torch.random.fork_rng(devices=[]):  # fresh weights are drawn, and at once replaced
        model = build_model(
            name,
            config["model_params"],
            config["input_shape"],
            len(config["classes"]),
            au_numbers=config["au_numbers"],
            edges=[(int(a), int(b)) for a, b in config["edges"]],
        )
    _check_state(path, name, found=state, expected=model.state_dict(), advice=advice)
    model.load_state_dict(state)
    _refuse_other_shapes(model, tuple(config["input_shape"]))
    return TrainedNetwork(model.eval(), config, path)


def _refuse_other_shapes(model: nn.Module, shape: tuple[int, ...]) -> None:
    """Let a network refuse batches whose examples have another shape: many layers take any, and score it somehow."""

    def check(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        found = tuple(inputs[0].shape[1:])
        if found != shape:
            raise ValueError(f"expected examples of shape {shape}, on which the network was trained, but got {found}")

    model.register_forward_pre_hook(check)


def _shortened(value: object, limit: int = 60) -> str:
    """Return a value as text; the edges of a graph are many."""
    text = str(value)
    return text if len(text) <= limit else f"{text[:limit]} ..."


def _read(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Return the tensors and the configuration of a fold's weights."""
    return read_weights(
        path, what="the weights of a fold", advice="Delete the fold, if it is there, and run the workflow again."
    )


def _check_state(
    path: Path, name: str, *, found: Mapping[str, Tensor], expected: Mapping[str, Tensor], advice: str
) -> None:
    """Refuse tensors of another architecture, naming the first that differs."""
    shapes = [{key: tuple(value.shape) for key, value in state.items()} for state in (found, expected)]
    for key in sorted(set(found) | set(expected)):
        here, wanted = (side.get(key) for side in shapes)
        if here != wanted:
            raise ArtefactError(
                f"{path}: expected the weights of {name} with {key} of shape {wanted or 'none'}, but found "
                f"{here or 'none'}: they are of another architecture. {advice}"
            )
