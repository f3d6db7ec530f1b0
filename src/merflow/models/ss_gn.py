"""SS-GN: one stream of separate structure modules over facial landmarks. Source: GTS-GN, section III-B, Table II."""

from collections.abc import Sequence
from typing import ClassVar, Literal, get_args

from torch import Tensor

from merflow.models.landmark_graph_layers import Head, HeadKind, Stream
from merflow.models.landmark_graph_ops import adjacency_matrix, check_graph_input, propagation_matrix
from merflow.models.network import Network
from merflow.models.params import check_word

NodeFeatures = Literal["xy", "xy_distance_angle"]
FEATURE_CHANNELS = {"xy": 2, "xy_distance_angle": 4}
"""How many of the channels x, y, D, alpha a type of node features has."""


class SSGN(Network):
    """Separate structure modules one after the other.

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
    learnable_adjacency : bool
        Learn a matrix that is added to the graph, in each layer.
    head : {"flat", "pooled"}
        ``flat`` maps the nodes side by side to the scores, ``pooled`` their mean; both the mean over the frames.
    widths : non-empty sequence of int, each at least 1
        Features of a node after each layer.

    Shapes
    ------
    input: (batch, frames, nodes, 4); output: (batch, classes) logits
    """

    name = "ss_gn"
    reads = ("graphs",)
    clip_ms = 0.4
    shows: ClassVar = {"layers": {}, "graph": {"learnable_adjacency": True}}

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        edges: Sequence[tuple[int, int]] = (),
        features: NodeFeatures = "xy",
        learnable_adjacency: bool = False,
        head: HeadKind = "flat",
        widths: Sequence[int] = (64, 64, 128, 128),
    ) -> None:
        super().__init__()
        nodes = check_graph_input("ss_gn", input_shape, edges)
        check_word("features", features, get_args(NodeFeatures))
        propagation = propagation_matrix(adjacency_matrix(nodes, edges))
        self.stream = Stream(
            (0, FEATURE_CHANNELS[features]), widths, propagation, learnable_adjacency=learnable_adjacency
        )
        self.classify = Head(nodes, widths[-1], classes, kind=head)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the classes."""
        logits: Tensor = self.classify(self.stream(x)[-1])
        return logits

    def adjacencies(self) -> list[tuple[str, int, Tensor]]:
        """Return ("only", layer from 1, learnt adjacency A_L (nodes, nodes)); empty without `learnable_adjacency`."""
        return [("only", layer, matrix) for layer, matrix in enumerate(self.stream.stack.adjacencies(), 1)]

    def layer_features(self, x: Tensor) -> list[Tensor]:
        """Return the features (batch, n) after each layer as the head sees them."""
        return [self.classify.summary(h) for h in self.stream(x)]
