"""The final network of an experiment: trained as its folds are, on the training clips of all of them at once.

No clip is left to test it. Its score is that of the folds, whose networks were trained in the same way.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from merflow.artefacts import Examples
from merflow.errors import ConfigError
from merflow.training.asked import check_as_asked
from merflow.training.clips import Clips
from merflow.training.execution import ANY_MACHINE, Machine, keep_freed_memory, reproducible
from merflow.training.fold_clips import fitted_fold, folds_of_examples, inner_clips, training_clips
from merflow.training.fold_results import about_input, watched
from merflow.training.folds import Fold, check_trained_classes
from merflow.training.loop import train
from merflow.training.method import Method
from merflow.training.settings import ProtocolSettings
from merflow.training.single_clips import check_batches

logger = logging.getLogger(__name__)

ALL_SUBJECTS = "all subjects"
TRAINING_SUBJECTS = "all training subjects"
"""In place of the name of a fold: the latter where a protocol has subjects whom no fold trains on."""


class FinalNetwork(NamedTuple):
    """One seed of a final network.

    Attributes
    ----------
    seed : int
    state : mapping of str to Tensor
    config : mapping
        What gives the tensors their meaning, as with the weights of a fold; ``fold`` is `ALL_SUBJECTS` or
        `TRAINING_SUBJECTS`.
    history : list of dict
        One row an epoch, as in ``history.csv`` of a fold.
    """

    seed: int
    state: dict[str, Tensor]
    config: dict[str, Any]
    history: list[dict[str, float]]

    def history_table(self) -> pd.DataFrame:
        """Return the history with its seed, as ``merflow.training.fold_tables.write_history`` takes it."""
        return pd.DataFrame(self.history).assign(seed=self.seed)


def final_fold(examples: Examples, protocol: ProtocolSettings) -> Fold:
    """Return every clip that some fold trains on, and none to test.

    Of most protocols these are all clips; of ``cross_domain`` the macro clips of all subjects; of ``holdout`` and
    ``cross_dataset``, whose test subjects train in no fold, the clips of all others.

    Raises
    ------
    DatasetError
        When the examples cannot be divided into folds.
    """
    folds = folds_of_examples(examples, protocol)
    name = TRAINING_SUBJECTS if protocol.one_test else ALL_SUBJECTS
    return Fold(name, np.unique(np.concatenate([one.train for one in folds])), Fold.empty().test)


def train_final(
    examples: Examples, method: Method, *, machine: Machine = ANY_MACHINE, name: str = ""
) -> Iterator[FinalNetwork]:
    """Train the final network of an experiment with each seed, one by one.

    Settings and seeds are those of its folds, so are the subjects that early stopping leaves out of the fitting. The
    oracle of the best epoch has no test clips here and is left out.

    Parameters
    ----------
    examples : Examples
    method : Method
    machine : Machine
        Execution only.
    name : str
        Of the experiment, for messages.

    Raises
    ------
    ConfigError
        Of a baseline, which has no network; and on examples that are not what the training asks for.
    DatasetError
        When the clips show too few classes.
    MerflowError
        When training diverges.
    """
    if method.is_baseline:
        raise ConfigError(
            f"{name}: expected an experiment with a network, but found the baseline {method.model}, which is fitted to "
            "be compared with and predicts no new clip. Ask for the final network of another experiment."
        )
    rows = final_fold(examples, method.protocol)
    check_trained_classes(rows, examples.label, classes=examples.classes, model=method.model)
    check_as_asked(examples, method.training)
    check_batches(examples, [rows], method)
    keep_freed_memory()
    device = machine.device_of_torch()
    with reproducible(device, threads=machine.threads):
        for seed in method.seeds:
            yield _of_seed(examples, rows, method, seed=seed, device=device)


def _of_seed(examples: Examples, rows: Fold, method: Method, *, seed: int, device: torch.device) -> FinalNetwork:
    fitted = fitted_fold(examples, rows, method, seed=seed)
    callbacks, _ = watched(
        examples,
        fitted,
        inner=inner_clips(examples, fitted, method),
        test=Clips(np.zeros((0, *examples.x.shape[1:]), dtype=examples.x.dtype), examples.label[:0]),
        training=replace(method.training, oracle_best_epoch=False),
        device=device,
    )
    classes = len(examples.classes)
    clips = training_clips(examples, fitted)
    trained = train(clips, method, classes=classes, seed=seed, device=device, callbacks=callbacks)
    for note in trained.model.notes():
        logger.warning("%s, seed %d: %s", rows.name, seed, note)
    config = method.of_any_seed() | {"fold": rows.name, **about_input(examples, fitted), "seed": seed}
    state = {key: value.detach().cpu() for key, value in trained.model.state_dict().items()}
    return FinalNetwork(seed, state, config, trained.history)
