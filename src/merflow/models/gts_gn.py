"""GTS-GN: two streams of graph layers over facial landmarks, a learnable graph, action units as a constraint.

Source: "Geometric Graph Representation with Learnable Graph Structure and Adaptive AU Constraint for
Micro-Expression Recognition", sections III-B to III-D. What the paper leaves open is a constructor argument.
"""

from collections.abc import Sequence
from typing import ClassVar, Literal, get_args

import torch
from torch import Tensor, nn

from merflow.errors import ConfigError
from merflow.models.landmark_graph_layers import Head, HeadKind, SSStack, Stream
from merflow.models.landmark_graph_ops import adjacency_matrix, check_graph_input, propagation_matrix
from merflow.models.losses import adaptive_au_loss, adaptive_weights, masked_au_loss
from merflow.models.network import Network
from merflow.models.params import check_param, check_word

AuLoss = Literal["adaptive", "single", "none"]
STREAMS = {"coordinates": (0, 2), "relations": (2, 4)}
"""Channels of each stream: x and y; D and alpha."""


class GTSGN(Network):
    """Two streams, added after a layer, then one; scores of the classes, and of the action units while training.

    Parameters
    ----------
    input_shape : (int, int, int)
        Frames (3), nodes, features of a node (4: x, y, D, alpha).
    classes : int
        Number of classes.
    n_aus : int
        Number of action units that the training clips show.
    edges : sequence of (int, int)
        Pairs of nodes that are joined within a frame.
    fusion : int, at least 1
        Layer after which the streams are added: 1 to the number of layers.
    learnable_adjacency : bool
        Learn a matrix that is added to the graph, in each layer of each stream.
    head : {"flat", "pooled"}
        ``flat`` maps the nodes side by side to the scores, ``pooled`` their mean; both the mean over the frames.
    au_loss : {"adaptive", "single", "none"}
        Constrain every layer from the fusion on with learnt weights, one layer, or none.
    au_layer : int, at least 0
        Layer that ``single`` constrains, from 1; 0 for that of the fusion.
    widths : non-empty sequence of int, each at least 1
        Features of a node after each layer.

    Shapes
    ------
    input: (batch, frames, nodes, 4); output: (batch, classes) logits
    """

    name = "gts_gn"
    reads = ("graphs",)
    clip_ms = 0.6
    shows: ClassVar = {"layers": {}, "graph": {"learnable_adjacency": True}, "units": {"au_loss": "adaptive"}}
    effective_with: ClassVar = {"au_layer": {"au_loss": "single"}}

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        n_aus: int = 0,
        edges: Sequence[tuple[int, int]] = (),
        fusion: int = 2,
        learnable_adjacency: bool = True,
        head: HeadKind = "flat",
        au_loss: AuLoss = "adaptive",
        au_layer: int = 0,
        widths: Sequence[int] = (64, 64, 128, 128),
    ) -> None:
        super().__init__()
        nodes = check_graph_input("gts_gn", input_shape, edges)
        fits = 1 <= fusion <= len(widths)
        check_param(fits, "gts_gn", "fusion", expected=f"of 1 to {len(widths)}, the number of layers", found=fusion)
        propagation = propagation_matrix(adjacency_matrix(nodes, edges))
        self.streams = nn.ModuleDict(
            {
                name: Stream(channels, widths[:fusion], propagation, learnable_adjacency=learnable_adjacency)
                for name, channels in STREAMS.items()
            }
        )
        self.fused = SSStack(widths[fusion - 1], widths[fusion:], propagation, learnable_adjacency=learnable_adjacency)
        self.classify = Head(nodes, widths[-1], classes, kind=head)
        self.fusion = fusion
        self.au_layers = constrained_layers(au_loss, au_layer, fusion=fusion, layers=len(widths), n_aus=n_aus)
        self.au_heads = nn.ModuleList(Head(nodes, widths[layer - 1], n_aus, kind=head) for layer in self.au_layers)
        self.au_layer_weights = nn.Parameter(torch.ones(len(self.au_layers))) if au_loss == "adaptive" else None

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the classes."""
        logits: Tensor = self.classify(self._features(x)[1][-1])
        return logits

    def forward_with_aus(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return the logits of the classes, and those of the action units after each constrained layer."""
        _, features = self._features(x)
        constrained = (features[layer - self.fusion] for layer in self.au_layers)
        au_logits = [head(h) for head, h in zip(self.au_heads, constrained, strict=True)]
        return self.classify(features[-1]), au_logits

    def au_loss(self, au_logits: Sequence[Tensor], aus: Tensor, *, known: Tensor) -> Tensor:
        """Return the loss of the action units: eq. 11, or that of the single constrained layer.

        Parameters
        ----------
        au_logits : sequence of Tensor of shape (batch, n_aus)
            Of `forward_with_aus`; not empty.
        aus : Tensor of shape (batch, n_aus)
            1 where the clip shows the unit, else 0.
        known : Tensor of shape (batch,), bool
            Whether the clip's units are known; a clip of which they are not has no part in the loss.
        """
        if self.au_layer_weights is not None:
            return adaptive_au_loss(au_logits, aus, self.au_layer_weights, known=known)
        (logits,) = au_logits
        return masked_au_loss(logits, aus, known)

    def au_weights(self) -> Tensor:
        """Return how much each layer of `au_layers` counts in the loss of the action units; they sum to one."""
        if self.au_layer_weights is None:
            return torch.ones(len(self.au_layers))
        return adaptive_weights(self.au_layer_weights.detach())

    def adjacencies(self) -> list[tuple[str, int, Tensor]]:
        """Return (stream, layer from 1, learnt adjacency A_L (nodes, nodes)); empty without `learnable_adjacency`."""
        stacks = [(name, 1, stream.stack) for name, stream in self.streams.items() if isinstance(stream, Stream)]
        stacks.append(("fused", self.fusion + 1, self.fused))
        return [
            (name, layer, matrix)
            for name, first, stack in stacks
            for layer, matrix in enumerate(stack.adjacencies(), first)
        ]

    def layer_features(self, x: Tensor) -> list[Tensor]:
        """Return the features (batch, n) after each layer as the head sees them; before the fusion, both streams'."""
        streams, fused = self._features(x)
        summary = self.classify.summary
        unfused = [torch.cat([summary(h) for h in layer], 1) for layer in zip(*streams, strict=True)]
        return unfused[: self.fusion - 1] + [summary(h) for h in fused]

    def _features(self, x: Tensor) -> tuple[list[list[Tensor]], list[Tensor]]:
        """Return the features of each stream after each layer, and those of their sum and after each later layer."""
        streams: list[list[Tensor]] = [stream(x) for stream in self.streams.values()]
        first, second = (features[-1] for features in streams)
        total = first + second
        return streams, [total, *self.fused(total)]


def constrained_layers(kind: AuLoss, layer: int, *, fusion: int, layers: int, n_aus: int) -> list[int]:
    """Return the layers, from 1, whose features shall tell the action units.

    Raises
    ------
    ConfigError
        When there are no action units, fewer than two layers to weigh, or no such layer.
    """
    check_word("au_loss", kind, get_args(AuLoss))
    if kind == "none":
        return []
    if n_aus == 0:
        raise ConfigError(
            f"gts_gn: expected clips with known action units for au_loss {kind}, but found none in training. "
            "Annotate them, or set au_loss: none in model_params of config.yaml."
        )
    if kind == "single":
        fits = layer == 0 or fusion <= layer <= layers
        check_param(fits, "gts_gn", "au_layer", expected=f"of {fusion} (the fusion) to {layers}, or 0", found=layer)
        return [layer or fusion]
    if fusion == layers:
        raise ConfigError(
            f"gts_gn: expected at least two layers to weigh for au_loss adaptive, but found one: fusion {fusion} is "
            "the last layer. Set au_loss: single, or fuse earlier, in model_params of config.yaml."
        )
    return list(range(fusion, layers + 1))
