"""The features of all clips of an experiment in one trained network, layer by layer."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from merflow.artefacts import Examples
from merflow.errors import ArtefactError
from merflow.settings import from_plain
from merflow.training.fold_clips import folds_of_examples
from merflow.training.layer_features import layer_features
from merflow.training.settings import ProtocolSettings
from merflow.training.trained import load_trained
from merflow.visualization.networks.layers import LayerClips


def first_network(folders: Sequence[Path]) -> Path:
    """Return the weights of the first seed of the first fold that has any: a fold without clips has none.

    Raises
    ------
    ArtefactError
        When no fold has weights.
    """
    for folder in folders:
        found = sorted(folder.glob("seed*.pt"), key=lambda path: int(path.stem.removeprefix("seed")))
        if found:
            return found[0]
    raise ArtefactError(
        f"expected weights in one of the {len(folders)} folds, but every fold is without clips. "
        "See the experiment's exclusions.csv."
    )


def network_layers(weights: Path, examples: Examples) -> tuple[LayerClips, str]:
    """Return the features of every layer of one network for all clips, and the fold that it did not see.

    Parameters
    ----------
    weights : Path
        ``weights/seed{k}.pt`` of one fold.
    examples : Examples
        Of the same experiment.
    """
    trained = load_trained(weights)
    fold = trained.config["fold"]
    folds = folds_of_examples(examples, from_plain(ProtocolSettings, trained.config["protocol"]))
    left_out = np.zeros(len(examples.label), dtype=bool)
    left_out[next(split.test for split in folds if split.name == fold)] = True
    layers = layer_features(trained.network, trained.clips(examples).x)
    return LayerClips(layers, examples.label, left_out), str(fold)
