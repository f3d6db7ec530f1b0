"""What the trained networks of an experiment look at: one clip of each class, each by a network that did not see it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from merflow.artefacts import Examples
from merflow.errors import ArtefactError, ConfigError
from merflow.settings import from_plain
from merflow.training.execution import reproducible
from merflow.training.fold_clips import folds_of_examples
from merflow.training.fold_record import seeds_in
from merflow.training.settings import ProtocolSettings
from merflow.training.trained import load_trained
from merflow.visualization.networks.attention import ClipAttention
from merflow.visualization.networks.network_layers import first_network


@runtime_checkable
class ShowsAttention(Protocol):
    """A network that shows where it looks at sequences."""

    def attention_maps(self, x: Tensor, apex_and_length: Tensor, *, block: int = 0) -> Tensor:
        """Return the attention map of each frame after the onset (batch, nodes, h, w), in 0 to 1."""


def network_attention(folders: Sequence[Path], examples: Examples) -> list[ClipAttention]:
    """Return what the networks of an experiment look at in the first tested clip of each class.

    Parameters
    ----------
    folders : sequence of Path
        ``folds/{fold}/weights`` of every fold; the first seed of each is taken.
    examples : Examples
        Of the same experiment, sequences with their apex_and_length.

    Returns
    -------
    list of ClipAttention
        In the order of the classes; a class of which no clip is tested is left out.

    Raises
    ------
    ArtefactError
        When no fold has weights.
    ConfigError
        When the networks show no attention.
    """
    tested = _tested_rows(folders, examples)
    first: dict[int, int] = {}
    for row in tested:
        first.setdefault(int(examples.label[row]), row)
    return [_attention(tested[row], examples, row) for _, row in sorted(first.items())]


def untested_classes(clips: Sequence[ClipAttention], classes: Sequence[str]) -> list[str]:
    """Return the classes that no clip stands for."""
    shown = {clip.label for clip in clips}
    return [name for name in classes if name not in shown]


def _tested_rows(folders: Sequence[Path], examples: Examples) -> Mapping[int, Path]:
    """Return the weights of the network that tested each row, in the order of the rows."""
    trained = load_trained(first_network(folders))
    folds = folds_of_examples(examples, from_plain(ProtocolSettings, trained.config["protocol"]))
    folder_of = {folder.parent.name: folder for folder in folders}
    weights: dict[int, Path] = {}
    for fold in folds:
        folder = folder_of.get(fold.name)
        if folder is not None and seeds_in(folder):
            weights |= dict.fromkeys(fold.test.tolist(), first_network([folder]))
    return dict(sorted(weights.items()))


def _attention(weights: Path, examples: Examples, row: int) -> ClipAttention:
    """Run one network on one clip."""
    trained = load_trained(weights)
    model = trained.network
    if not isinstance(model, ShowsAttention):
        raise ConfigError(
            f"expected a network that shows its attention, but {type(model).__name__} does not. "
            "Name an experiment with atm_gcn."
        )
    _check_fold(weights, trained.config["fold"])
    clips = trained.clips(examples, np.array([row]))
    frames, apex_and_length = clips.x[np.array([0])], clips.apex_and_length
    x, m = torch.from_numpy(frames), torch.from_numpy(apex_and_length)
    with torch.inference_mode(), reproducible(torch.device("cpu")):
        maps, predicted = model.attention_maps(x, m)[0].numpy(), int(model(x, m).argmax(1))
    return ClipAttention(
        clip=str(examples.clip[row]),
        label=examples.classes[examples.label[row]],
        predicted=examples.classes[predicted],
        face=frames[0, 0],
        maps=maps,
        apex=int(apex_and_length[0, 0]),
        n_frames=int(apex_and_length[0, 1]),
    )


def _check_fold(weights: Path, fold: str) -> None:
    """Refuse weights that lie in the folder of another fold: their network may have seen the clip."""
    if weights.parents[1].name != fold:
        raise ArtefactError(
            f"{weights}: expected weights of the fold {weights.parents[1].name}, but found those of {fold}. "
            "Delete the fold and run the workflow again."
        )
