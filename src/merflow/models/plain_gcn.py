"""Plain GCN over the landmarks of all three frames at once: the control of GTS-GN without separate space and time.

Source: GTS-GN, section IV-B, after Kipf and Welling 2017.
"""

import itertools
from collections.abc import Sequence
from typing import ClassVar, get_args

from torch import Tensor, nn

from merflow.models.landmark_graph_layers import GraphConv, Head, HeadKind, InputNorm
from merflow.models.landmark_graph_ops import (
    adjacency_matrix,
    check_graph_input,
    propagation_matrix,
    space_time_edges,
)
from merflow.models.network import Network
from merflow.models.params import check_word
from merflow.models.ss_gn import FEATURE_CHANNELS, NodeFeatures


class PlainGCN(Network):
    """Graph convolutions over the 3 x nodes of a clip, joined in space and time; ReLU after each.

    Parameters
    ----------
    input_shape : (int, int, int)
        Frames (3), nodes, features of a node (4: x, y, D, alpha).
    classes : int
        Number of classes.
    edges : sequence of (int, int)
        Pairs of nodes that are joined within a frame.
    features : {"xy", "xy_distance_angle"}
        Features of a node: x and y, or all four.
    head : {"flat", "pooled"}
        ``flat`` maps the nodes side by side to the scores, ``pooled`` their mean; both the mean over the frames.
    widths : non-empty sequence of int, each at least 1
        Features of a node after each layer.

    Shapes
    ------
    input: (batch, frames, nodes, 4); output: (batch, classes) logits
    """

    name = "gcn"
    reads = ("graphs",)
    clip_ms = 0.13
    shows: ClassVar = {"layers": {}}

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        edges: Sequence[tuple[int, int]] = (),
        features: NodeFeatures = "xy",
        head: HeadKind = "flat",
        widths: Sequence[int] = (64, 64, 128, 128),
    ) -> None:
        super().__init__()
        nodes = check_graph_input("gcn", input_shape, edges)
        check_word("features", features, get_args(NodeFeatures))
        self.frames, self.nodes = input_shape[0], nodes
        self.channels = FEATURE_CHANNELS[features]
        joined = space_time_edges(nodes, edges, frames=self.frames)
        propagation = propagation_matrix(adjacency_matrix(self.frames * nodes, joined))
        self.norm = InputNorm(self.channels)
        self.layers = nn.ModuleList(
            GraphConv(a, b, propagation, learnable_adjacency=False)
            for a, b in itertools.pairwise([self.channels, *widths])
        )
        self.classify = Head(nodes, widths[-1], classes, kind=head)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the classes."""
        logits: Tensor = self.classify(self._features(x)[-1])
        return logits

    def layer_features(self, x: Tensor) -> list[Tensor]:
        """Return the features (batch, n) after each layer as the head sees them."""
        return [self.classify.summary(h) for h in self._features(x)]

    def _features(self, x: Tensor) -> list[Tensor]:
        """Return the features (node, batch, frame, channel) after each layer."""
        h = self.norm(x[..., : self.channels]).permute(2, 0, 1, 3).flatten(0, 1)
        features = []
        for layer in self.layers:
            h = nn.functional.relu(layer(h))
            features.append(h.view(self.frames, self.nodes, len(x), -1).permute(1, 2, 0, 3))
        return features
