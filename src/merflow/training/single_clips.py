"""Batches of one clip, which a network with a batch norm over whole clips cannot be trained on."""

from collections.abc import Iterable

import torch

from merflow.artefacts import Examples
from merflow.counts import count
from merflow.errors import ConfigError
from merflow.models.registry import build_model
from merflow.training.fold_clips import fitted_fold, fitted_rows
from merflow.training.folds import Fold
from merflow.training.losses import logits_of
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings, schedule_length

_ENOUGH = 3
"""With batches of up to so many, two clips and more are never cut into one and a rest."""

_TORCH_SAYS = "more than 1 value per channel"


def check_batches(examples: Examples, folds: Iterable[Fold], method: Method) -> None:
    """Refuse folds that would end in the middle of their training, at a batch of one clip.

    Only a network that cannot take one is refused, which one clip tells in training mode: it depends on its parameters
    and on the size of the examples.

    Parameters
    ----------
    examples : Examples
    folds : iterable of Fold
        Those that are to be trained; one without a training clip is not looked at.
    method : Method

    Raises
    ------
    ConfigError
        Names the setting, the fold and the number of its clips.
    """
    if method.is_baseline or method.training.batch_size >= _ENOUGH:
        return
    for fold in folds:
        for seed in method.seeds if len(fold.train) else ():
            clips = len(fitted_rows(examples, fitted_fold(examples, fold, method, seed=seed)).rows)
            if smallest_batch(clips, method.training) > 1:
                continue
            if _takes_one(examples, fold, method):
                return
            raise ConfigError(
                f"training.batch_size: expected {_ENOUGH} or more for {method.model}, which here normalises over the "
                f"clips of a batch and needs two in each, but found {method.training.batch_size}: of the "
                f"{count(clips, 'clip')} that the fold {fold.name} trains on, altered copies included, a batch would "
                f"hold one. Set training.batch_size: {_ENOUGH} or more in config.yaml."
            )


def smallest_batch(clips: int, settings: TrainingSettings) -> int:
    """Return how many clips the smallest batch has.

    Convention
    ----------
    By hand: 31 clips in batches of at most 2 are 16 batches, 15 of 2 and one of 1; in batches of at most 3 they are 11,
    9 of 3 and 2 of 2.
    """
    _, batches = schedule_length(clips, settings)
    return clips // batches


def _takes_one(examples: Examples, fold: Fold, method: Method) -> bool:
    """Return whether the network of a method can be shown one clip in training."""
    rows, numbers = fold.train[:1], fitted_rows(examples, fold).au_numbers
    x, apex_and_length = (torch.from_numpy(of[rows]) for of in (examples.x, examples.apex_and_length))
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        net = build_model(
            method.model, method.model_params, x.shape[1:], len(examples.classes), au_numbers=numbers,
            edges=examples.edges,
        )  # fmt: skip
        try:
            logits_of(net.train(), x, apex_and_length)
        except ValueError as error:
            if _TORCH_SAYS in str(error):
                return False
            raise
    return True
