"""The features of clips in one trained network, layer by layer."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from merflow.artefacts import Examples
from merflow.errors import ArtefactError
from merflow.settings import from_plain
from merflow.training.fold_clips import folds_of_examples, inner_fold
from merflow.training.fold_record import seeds_in
from merflow.training.folds import Fold
from merflow.training.layer_features import layer_features
from merflow.training.settings import ProtocolSettings, TrainingSettings
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
        if found := seeds_in(folder):
            return found[0]
    raise ArtefactError(
        f"expected weights in one of the {len(folders)} folds, but every fold is without clips. "
        "See the experiment's exclusions.csv."
    )


def network_layers(weights: Path, examples: Examples) -> tuple[LayerClips, str]:
    """Return the features of every layer of one network for the clips that it was fitted on or tested on, and its fold.

    Others are left out: macro clips of the tested subject under ``cross_domain``, say, or the subjects by whom early
    stopping chose the epoch. The network neither learnt them nor was it scored on them.

    Parameters
    ----------
    weights : Path
        ``weights/seed{k}.pt`` of one fold.
    examples : Examples
        Of the same experiment.
    """
    trained = load_trained(weights)
    split = _fitted(trained.config, examples)
    rows = np.sort(np.concatenate([split.train, split.test]))
    clips = trained.clips(examples, rows)
    return LayerClips(layer_features(trained.network, clips.x), clips.labels, np.isin(rows, split.test)), split.name


def _fitted(config: Mapping[str, Any], examples: Examples) -> Fold:
    """Return the fold of a network: the clips that it was fitted on, and those that test it."""
    folds = folds_of_examples(examples, from_plain(ProtocolSettings, config["protocol"]))
    fold = next(one for one in folds if one.name == config["fold"])
    training = from_plain(TrainingSettings, config["training"])
    if not training.early_stopping:
        return fold
    fitted = inner_fold(examples, fold, folds=training.inner_folds, seed=config["seed"])
    return Fold(fold.name, fitted.train, fold.test, fold.note)
