"""Grad-CAM: where in the last block of a network lies what speaks for a class or label."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from merflow.models.network import Network

SIDE = 112
"""Of a map, px, as 4DME prints it."""


FLAT = 1e-9
"""Of its largest value: a map that spans less is the same everywhere, but for rounding."""


@runtime_checkable
class ShowsActivation(Protocol):
    """A network of which activation maps can be computed."""

    def last_block(self) -> nn.Module | Sequence[nn.Module]:
        """Return the module whose output (batch, channels, [frames,] h, w) everything after it reads.

        Several where each looks at a view of its own: everything after them reads all of their outputs.
        """

    def seen(self, x: Tensor) -> Tensor:
        """Return the part of the picture that this output covers, (batch, height, width, 3), 0 to 255.

        Of several the views side by side, in their order.
        """


def blocks_of(network: ShowsActivation) -> list[nn.Module]:
    """Return the last block of a network, or of each view of it."""
    found = network.last_block()
    return [found] if isinstance(found, nn.Module) else list(found)


def grad_cam(
    network: Network, blocks: Sequence[nn.Module], x: Tensor, apex_and_length: Tensor, *, outputs: Sequence[int]
) -> Tensor:
    """Return the Grad-CAM of each clip and output: ``ReLU(sum_k w_k A_k)`` (Selvaraju et al. 2017, eq. 1 and 2).

    ``A_k`` is channel k of the output of a block, and ``w_k`` the mean over time and place of the derivative of the
    logit with respect to it. The derivative goes no further back than to the block. Blocks of several views have
    channels of their own, and one logit: their maps can be compared.

    Parameters
    ----------
    network : Network
        In evaluation mode: the logits of a clip then depend on no other clip.
    blocks : sequence of nn.Module
        Parts of the network, one a view, that run once; their outputs have one shape (batch, channels, [frames,] h, w).
    x : Tensor of shape (batch, ...)
    apex_and_length : Tensor of shape (batch, 2) or (batch, 0)
    outputs : sequence of int
        Logits that are derived.

    Returns
    -------
    Tensor of shape (batch, outputs, [frames,] h, views * w), float, 0 or more
        The views side by side.

    Raises
    ------
    ValueError
        When a block does not run once, or its output is of another shape.
    """
    kept: list[Tensor] = []

    def keep(_module: nn.Module, _inputs: object, output: Tensor) -> Tensor:
        kept.append(output.detach().requires_grad_())
        return kept[-1]

    hooks = [block.register_forward_hook(keep) for block in blocks]
    try:
        logits = network(x, apex_and_length) if network.needs_apex_and_length else network(x)
    finally:
        for hook in hooks:
            hook.remove()
    if len(kept) != len(blocks) or len({one.shape for one in kept}) != 1 or kept[0].ndim not in (4, 5):
        found = ", ".join(str(tuple(one.shape)) for one in kept) or "none"
        raise ValueError(
            f"expected one output of shape (batch, channels, [frames,] h, w) of each block, {len(blocks)} in all, "
            f"found {found}"
        )
    return torch.stack([_map(logits[:, number], kept) for number in outputs], 1)


def _map(score: Tensor, views: Sequence[Tensor]) -> Tensor:
    """Return the map (batch, [frames,] h, views * w) of one score a clip."""
    gradients = torch.autograd.grad(score.sum(), views, retain_graph=True)
    maps = [
        torch.einsum("bc,bc...->b...", gradient.flatten(2).mean(2), features.detach()).relu()
        for gradient, features in zip(gradients, views, strict=True)
    ]
    return torch.cat(maps, -1)


def on_the_picture(maps: Tensor, *, time: str, scale: str, views: int = 1) -> Tensor:
    """Return maps as one picture of 112 px a view: pooled over time, enlarged (bilinear), then scaled.

    Parameters
    ----------
    maps : Tensor of shape (batch, outputs, [frames,] h, views * w)
    time, scale : str
        As in ``ActivationMapSettings``; the views of a map have one scale.
    views : int
        How many lie side by side.

    Returns
    -------
    Tensor of shape (batch, outputs, 112, views * 112), float64
        A map that is the same everywhere speaks for no place: with ``scale: each`` it is 0.
    """
    flat = maps.double()
    if flat.ndim == 5:
        flat = flat.mean(2) if time == "mean" else flat.amax(2)
    large = torch.cat([_enlarged(one) for one in flat.chunk(views, -1)], -1)
    if scale == "none":
        return large
    low, high = large.amin((2, 3), keepdim=True), large.amax((2, 3), keepdim=True)
    spread = high - low
    varies = spread > FLAT * high
    return torch.where(varies, (large - low) / spread.where(varies, 1.0), 0.0)


def _enlarged(maps: Tensor) -> Tensor:
    return nn.functional.interpolate(maps, size=(SIDE, SIDE), mode="bilinear", align_corners=False)
