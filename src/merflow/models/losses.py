"""Losses beside cross-entropy: action units of GTS-GN, margin of the capsule network, focal loss, single labels."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

PRESENT, ABSENT, ABSENT_WEIGHT = 0.9, 0.1, 0.5
"""m+, m- and lambda of the margin loss, as Sabour et al. print them; Quang et al.'s code has 0.99, 0.01 and 0.5."""


def adaptive_weights(weights: Tensor) -> Tensor:
    """Return ``W_r^2 / sum W^2`` (GTS-GN eq. 11): not negative, summing to one."""
    squared = weights.square()
    return squared / squared.sum()


def masked_au_loss(logits: Tensor, aus: Tensor, known: Tensor) -> Tensor:
    """Return the multi-label soft margin loss of action units, mean over the clips whose units are known.

    Parameters
    ----------
    logits, aus : Tensor of shape (batch, n_aus)
        What the network says of each unit; 1 where the clip shows it, else 0.
    known : Tensor of shape (batch,), bool
        False = the sheet leaves the clip's units open: its row of `aus` is not read, and it changes no weight.

    Returns
    -------
    Tensor
        A scalar; 0 for a batch without a clip whose units are known.

    Convention
    ----------
    By hand: one unit, logits 0, known of the first of two clips: log 2, the loss of that clip alone.
    """
    of_clip = nn.functional.multilabel_soft_margin_loss(logits, aus, reduction="none")
    return of_clip.masked_fill(~known, 0).sum() / known.sum().clamp_min(1)


def adaptive_au_loss(au_logits: Sequence[Tensor], aus: Tensor, weights: Tensor, *, known: Tensor) -> Tensor:
    """Return the adaptive loss of the action units (GTS-GN eq. 11): the losses of the layers, weighted as learnt.

    Parameters
    ----------
    au_logits : sequence of Tensor of shape (batch, n_aus)
        One for each constrained layer.
    aus : Tensor of shape (batch, n_aus)
        1 where the clip shows the unit, else 0.
    weights : Tensor of shape (len(au_logits),)
        W, as learnt; see `adaptive_weights`.
    known : Tensor of shape (batch,), bool
        As for `masked_au_loss`.
    """
    losses = [masked_au_loss(logits, aus, known) for logits in au_logits]
    return adaptive_weights(weights) @ torch.stack(losses)


def margin_loss(lengths: Tensor, target: Tensor, weight: Tensor | None) -> Tensor:
    """Return the margin loss of capsules (Sabour et al. 2017, eq. 4), mean over the batch.

    The capsule of the class shall be longer than 0.9, all others shorter than 0.1, the latter at half the weight.

    Parameters
    ----------
    lengths : Tensor of shape (batch, classes)
        In 0 to 1.
    target : Tensor of shape (batch,), int64
    weight : Tensor of shape (classes,) or None
        Weight of a clip of each class; the mean is then weighted, as that of torch's cross-entropy.
    """
    too_short, too_long = _margins(lengths, nn.functional.one_hot(target, lengths.shape[1]).to(lengths.dtype))
    loss = (too_short + too_long).sum(1)
    if weight is None:
        return loss.mean()
    of_clip = weight[target]
    return (of_clip * loss).sum() / of_clip.sum()


def label_margin_loss(lengths: Tensor, target: Tensor, weight: Tensor | None) -> Tensor:
    """Return the margin loss of capsules whose labels are told one by one: several capsules may be long.

    Parameters
    ----------
    lengths, target : Tensor of shape (batch, labels)
        In 0 to 1; 1 where the clip shows the label, else 0; below 0 in a row of padding, which has no part in the mean.
    weight : Tensor of shape (labels,) or None
        How many times a clip that shows the label counts.

    Convention
    ----------
    By hand: lengths .4 and .6 of two labels of which the clip shows the first: .5^2 + .5 * .5^2 = .375.
    """
    real = (target[:, 0] >= 0).to(lengths.dtype)
    too_short, too_long = _margins(lengths, target.clamp_min(0))
    loss = (too_short * (1 if weight is None else weight) + too_long).sum(1)
    return (real * loss).sum() / real.sum()


def _margins(lengths: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
    """Return what capsules of present classes lack, and what those of absent ones have too much, in 0 elsewhere."""
    too_short = nn.functional.relu(PRESENT - lengths).square()
    too_long = nn.functional.relu(lengths - ABSENT).square()
    return present * too_short, ABSENT_WEIGHT * (1 - present) * too_long


def focal_loss(logits: Tensor, target: Tensor, *, gamma: float, weight: Tensor | None = None) -> Tensor:
    """Return the focal loss ``-(1 - p)^gamma log p`` of the true class (Lin et al. 2017), mean over the batch.

    Clips that the network is already sure of count less, the less the larger gamma; 0 is cross-entropy.

    Parameters
    ----------
    logits : Tensor of shape (batch, classes)
    target : Tensor of shape (batch,), int64
    gamma : float
        0 or more.
    weight : Tensor of shape (classes,) or None
        Weight of a clip of each class; the mean is then weighted, as that of torch's cross-entropy.

    Convention
    ----------
    By hand: p = 0.9 and gamma 2 give a hundredth of the cross-entropy, 0.00105.
    """
    log_p = nn.functional.log_softmax(logits, 1)
    doubt = (-torch.expm1(log_p)).clamp_min(torch.finfo(log_p.dtype).tiny)  # the slope of a root has no bound at 0
    return nn.functional.nll_loss(doubt.pow(gamma) * log_p, target, weight)


def binary_loss(logits: Tensor, target: Tensor, weight: Tensor | None, *, gamma: float = 0.0) -> Tensor:
    """Return the binary cross-entropy of labels that are told one by one, mean over clips and labels.

    Parameters
    ----------
    logits, target : Tensor of shape (batch, labels)
        1 where the clip shows the label, else 0; below 0 in a row of padding, which has no part in the mean.
    weight : Tensor of shape (labels,) or None
        How many times a clip that shows the label counts.
    gamma : float
        Above 0 each clip and label counts ``(1 - p)^gamma`` times, p being the probability of what is true.

    Convention
    ----------
    By hand: logits 0 give log 2; with weight 3 and one of two clips that shows the label, (3 + 1) / 2 log 2.
    """
    real = (target >= 0).to(logits.dtype)
    present = target.clamp_min(0)
    loss = nn.functional.binary_cross_entropy_with_logits(logits, present, pos_weight=weight, reduction="none")
    if gamma > 0:
        log_p = nn.functional.logsigmoid(torch.where(target > 0, logits, -logits))
        doubt = (-torch.expm1(log_p)).clamp_min(torch.finfo(log_p.dtype).tiny)  # the slope of a root has no bound at 0
        loss = doubt.pow(gamma) * loss
    return (real * loss).sum() / real.sum()
