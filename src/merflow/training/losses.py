"""Training losses: of the classes or labels and, where a network has one, of the action units."""

import math
from typing import NamedTuple

from torch import Tensor

from merflow.models.network import Network
from merflow.training.settings import TrainingSettings
from merflow.training.target import target_of


class Shares(NamedTuple):
    """How much the loss of the classes and that of the action units count: numbers, or scalars on the device."""

    classes: float | Tensor
    units: float | Tensor


def shares_of(settings: TrainingSettings, epoch: int) -> Shares | None:
    """Return the shares of both losses in an epoch, from 1; None where the action units have no part.

    ``1 + beta`` of GTS-GN eq. 12, or ``(1.1 - alpha) + alpha`` of 4DME eq. 5, alpha being divided by 10 now and then.
    """
    if not settings.au_beta:
        return None
    tenths = (epoch - 1) // settings.au_step_epochs if settings.au_step_epochs else 0
    units = settings.au_beta / math.pow(10, tenths)
    return Shares(settings.au_total - units if settings.au_total else 1.0, units)


def logits_of(net: Network, batch: Tensor, apex_and_length: Tensor) -> Tensor:
    """Return what a network says of a batch, told its apex_and_length where it asks for them."""
    logits: Tensor = net(batch, apex_and_length) if net.needs_apex_and_length else net(batch)
    return logits


def batch_loss(
    net: Network,
    batch: Tensor,
    target: Tensor,
    aus: Tensor,
    *,
    aus_known: Tensor,
    class_weight: Tensor | None,
    shares: Shares | None,
    apex_and_length: Tensor | None = None,
    focal_gamma: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """Return the total loss of a batch, of the classes and of the action units by their shares, and the logits.

    Parameters
    ----------
    net : Network
        In training mode.
    batch : Tensor of shape (b, ...)
    target : Tensor of shape (b,), int64, or (b, labels)
    aus : Tensor of shape (b, a), float32
        1 where the clip shows the unit; ignored by a network that tells none.
    aus_known : Tensor of shape (b,), bool
        Whether it is known which units the clip shows; where not, it has no part in the loss of the action units.
    class_weight : Tensor of shape (classes,) or None
        As the target makes it.
    shares : Shares or None
        None leaves the action units out. A network that tells none has the loss of the classes alone, whole.
    apex_and_length : Tensor of shape (b, 2), int64, optional
        For a network that reads them.
    focal_gamma : float
        Of the focal loss; 0 is cross-entropy. A network with a loss of its own ignores it.
    """
    au_logits: list[Tensor] = []
    if shares is not None and not net.needs_apex_and_length:
        logits, au_logits = net.forward_with_aus(batch)
    else:
        logits = net(batch) if apex_and_length is None else logits_of(net, batch, apex_and_length)
    loss = target_of(target).loss(net, logits, target, class_weight, focal_gamma=focal_gamma)
    if shares is not None and au_logits:
        loss = shares.classes * loss + shares.units * net.au_loss(au_logits, aus, known=aus_known)
    return loss, logits
