"""CCDN: a GoogLeNet for each view of a face in 4D, over its dynamic images; the views together tell the labels.

Source: Behzad et al. 2019, "Automatic 4D facial expression recognition via collaborative cross-domain dynamic image
network", as Li et al. 2022 (4DME), section 5.2, describes it. What they leave open, and how it is read here, is in
docs/models/ccdn.md.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal, cast, get_args

import torch
from torch import Tensor, nn

from merflow.errors import ConfigError
from merflow.models.inception import WIDTH, GoogLeNetLayers, Wide
from merflow.models.network import Network
from merflow.models.params import check_word

View = Literal["multi", "left", "front", "right"]

SIDES = ("left", "front", "right")
"""Views of projections with three yaws, from the smallest on."""

HALF = 127.5
"""Levels from the middle of their range to either end."""


class CCDN(Network):
    """One GoogLeNet a view, with the domains for channels; the score of a label is the mean of the views' scores.

    The views share no weights, and each is trained by its own loss: ``multi`` is several networks of one view, trained
    side by side on the same batches.

    Parameters
    ----------
    input_shape : (int, int, int, int)
        Views; height, width, domains.
    classes : int
        Number of classes.
    view : {"multi", "left", "front", "right"}
        What is looked at: all views, or one of three, from the smallest yaw on. ``left`` shows the subject's left side.
    width : int, at least 8
        Channels of the first layer, a multiple of 8; the others are in proportion.
    wide : {3, 5}
        Side of the wide filters: 3 in the common public implementation, 5 in the paper of GoogLeNet.
    dropout : float, at least 0, below 1
        Share of the last features that a training step leaves out, below 1.

    Shapes
    ------
    x: (batch, views, height, width, domains), uint8 or float of 0 to 255; output: (batch, classes) logits
    """

    name = "ccdn"
    reads = ("dynamic_images",)
    clip_ms = 600.0
    shows: ClassVar = {"activation": {"view": ("multi", "left", "front", "right")}}

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        view: View = "multi",
        width: int = WIDTH,
        wide: Wide = 3,
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.views = _views(input_shape, view)
        self.nets = nn.ModuleList(
            GoogLeNetLayers(input_shape[3], classes, model=self.name, width=width, wide=wide, dropout=dropout)
            for _ in self.views
        )
        self._of_views: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the classes: their sigmoid is the mean of the views' sigmoids."""
        of_views = torch.stack([net(pictures(x[:, view])) for view, net in zip(self.views, self.nets, strict=True)])
        if self.training:
            self._of_views = of_views
        return fused(of_views)

    def class_loss(self, logits: Tensor, target: Tensor, weight: Tensor | None, *, focal_gamma: float = 0.0) -> Tensor:
        """Return the loss of the classes; in training mode the sum of the losses of the views."""
        loss = super().class_loss
        return _sum([loss(one, target, weight, focal_gamma=focal_gamma) for one in self._judged(logits)])

    def label_loss(self, logits: Tensor, target: Tensor, weight: Tensor | None, *, focal_gamma: float = 0.0) -> Tensor:
        """Return the loss of labels that are told one by one; in training mode the sum of the losses of the views."""
        loss = super().label_loss
        return _sum([loss(one, target, weight, focal_gamma=focal_gamma) for one in self._judged(logits)])

    def _judged(self, logits: Tensor) -> Sequence[Tensor]:
        """Return the logits that have a loss: those of each view of the last forward pass in training, or the fused."""
        if not self.training or self._of_views is None:
            return [logits]
        of_views, self._of_views = self._of_views, None
        return list(of_views)

    def last_block(self) -> list[nn.Module]:
        """Return the last block of each view, of which an activation map is."""
        return [cast(GoogLeNetLayers, net).last_block() for net in self.nets]

    def seen(self, x: Tensor) -> Tensor:
        """Return the views side by side, three domains as colours; of another number the first one in grey."""
        shown = torch.cat([x[:, view] for view in self.views], 2)
        return shown if shown.shape[-1] == 3 else shown[..., :1].expand(-1, -1, -1, 3)


def pictures(x: Tensor) -> Tensor:
    """Return levels (batch, h, w, channels) of 0 to 255 as (batch, channels, h, w) of -1 to 1."""
    return x.permute(0, 3, 1, 2).float() / HALF - 1


def fused(of_views: Tensor) -> Tensor:
    """Return logits whose sigmoid is the mean of the sigmoids of all views.

    Parameters
    ----------
    of_views : Tensor of shape (views, batch, classes)

    Returns
    -------
    Tensor of shape (batch, classes)
        By hand: logits 0 and log 3 are scores .5 and .75; their mean .625 has the logit log(.625 / .375) = .511.
    """
    if len(of_views) == 1:
        return of_views[0]
    present, absent = (nn.functional.logsigmoid(one).logsumexp(0) for one in (of_views, -of_views))
    return present - absent


def _sum(losses: Sequence[Tensor]) -> Tensor:
    """Return the sum: no weight is in two of the losses, so each view learns as if it were alone."""
    return torch.stack(list(losses)).sum()


def _views(input_shape: Sequence[int], view: View) -> tuple[int, ...]:
    """Return the numbers of the views that are looked at, and refuse examples that do not have them."""
    if len(input_shape) != 4:
        raise ConfigError(
            f"ccdn: expected examples of shape (views, height, width, domains), but found {tuple(input_shape)}. Use it "
            "with the artefact 'dynamic_images'."
        )
    check_word("view", view, get_args(View))
    views = input_shape[0]
    if view == "multi":
        return tuple(range(views))
    if views != len(SIDES):
        raise ConfigError(
            f"ccdn: expected for view: {view} examples of three views, but found {views}. Use projections with three "
            "yaws, or set view: multi."
        )
    return (SIDES.index(view),)
