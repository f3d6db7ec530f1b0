"""What a network is trained to make small: the loss of the classes and, where it has one, of the action units."""

from typing import Protocol, runtime_checkable

from torch import Tensor, nn

from merflow.models.losses import focal_loss


@runtime_checkable
class OwnClassLoss(Protocol):
    """A model that does not train with cross-entropy, such as the capsule network."""

    def class_loss(self, logits: Tensor, target: Tensor, weight: Tensor | None) -> Tensor:
        """Return the loss of a batch; `weight` is that of each class."""


@runtime_checkable
class ActionUnitModel(Protocol):
    """A model whose layers also tell the action units, and are trained to."""

    def forward_with_aus(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return the logits, and those of the action units (batch, a) after each constrained layer."""

    def au_loss(self, au_logits: list[Tensor], aus: Tensor, *, known: Tensor) -> Tensor:
        """Return the loss of the action units over the clips of which they are `known` (batch,), bool."""


@runtime_checkable
class ReadsMarks(Protocol):
    """A model that must be told where the apex of each sequence is, and which frames are padding."""

    needs_marks: bool


def logits_of(net: nn.Module, batch: Tensor, marks: Tensor) -> Tensor:
    """Return what a network says of a batch, told its marks where it asks for them."""
    logits: Tensor = net(batch, marks) if isinstance(net, ReadsMarks) else net(batch)
    return logits


def batch_loss(
    net: nn.Module,
    batch: Tensor,
    target: Tensor,
    aus: Tensor,
    *,
    aus_known: Tensor,
    class_weight: Tensor | None,
    au_beta: float,
    marks: Tensor | None = None,
    focal_gamma: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """Return the total loss of a batch (GTS-GN eq. 12: classes + beta * action units) and the logits.

    Parameters
    ----------
    net : nn.Module
        In training mode.
    batch : Tensor of shape (b, ...)
    target : Tensor of shape (b,), int64
    aus : Tensor of shape (b, a), float32
        1 where the clip shows the unit; ignored by a model without such a loss.
    aus_known : Tensor of shape (b,), bool
        Whether it is known which units the clip shows; where not, it has no part in the loss of the action units.
    class_weight : Tensor of shape (classes,) or None
    au_beta : float
        Beta; 0 leaves the action units out.
    marks : Tensor of shape (b, 2), int64, optional
        For a model that reads them.
    focal_gamma : float
        Of the focal loss; 0 is cross-entropy. A model with a loss of its own ignores it.
    """
    au_logits: list[Tensor] = []
    if isinstance(net, ActionUnitModel) and au_beta > 0:
        logits, au_logits = net.forward_with_aus(batch)
    else:
        logits = net(batch) if marks is None else logits_of(net, batch, marks)
    loss = class_loss(net, logits, target, weight=class_weight, gamma=focal_gamma)
    if au_logits and isinstance(net, ActionUnitModel):
        loss = loss + au_beta * net.au_loss(au_logits, aus, known=aus_known)
    return loss, logits


def class_loss(net: nn.Module, logits: Tensor, target: Tensor, *, weight: Tensor | None, gamma: float) -> Tensor:
    """Return the loss of the classes, which training makes small and early stopping looks at.

    Parameters
    ----------
    net : nn.Module
        One with a loss of its own is asked for it.
    logits : Tensor of shape (b, classes)
        What it says of the batch.
    target : Tensor of shape (b,), int64
    weight : Tensor of shape (classes,) or None
    gamma : float
        As `focal_gamma` of ``batch_loss``.
    """
    if isinstance(net, OwnClassLoss):
        return net.class_loss(logits, target, weight)
    if gamma > 0:
        return focal_loss(logits, target, gamma=gamma, weight=weight)
    return nn.functional.cross_entropy(logits, target, weight)
