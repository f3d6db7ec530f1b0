"""ATM-GCN: motion of every frame since the onset, a graph over the frames that adapts from layer to layer.

Source: "Adaptive Temporal Motion Guided Graph Convolution Network for Micro-expression Recognition", section III. What
the paper leaves open, and how it is read here, is in docs/models/atm_gcn.md.
"""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from merflow.errors import ConfigError, DatasetError
from merflow.models.adaptive_tm import Normalisation
from merflow.models.ca_block import MotionEncoder
from merflow.models.network import Network
from merflow.models.params import check_param
from merflow.models.temporal_gcn import LayerNorm, TemporalGCN, TemporalGCNSettings
from merflow.models.temporal_graph import check_apex_and_length, real_nodes


class ATMGCN(Network):
    """Difference of each frame to the onset, continuous attention, adaptive graph, self-attention, mean, linear map.

    Parameters
    ----------
    input_shape : (int, int, int, int)
        Frames, the onset first; height, width, colours (3).
    classes : int
        Number of classes.
    blocks, layers : int, at least 1
        Continuous attention blocks; graph convolutions.
    window : int, at least 0
        A node has edges to this many frames before and after its own.
    widths : non-empty sequence of int, each at least 1
        Channels of the blocks, of which the first `blocks` are used; the last one is the size of a motion feature.
    stem_stride : int, at least 2, at most 4
        By how much the picture shrinks before the first block: 4, or 2 for small frames.
    grid : int, at least 1
        A motion feature is made of the means over grid x grid cells of the face; 1 loses the place of a motion.
    motion : bool
        Encode differences to the onset; otherwise the frames themselves (ablation).
    gcn : bool
        Use the graph; otherwise motion features go directly to the classifier (ablation).
    adaptive : bool
        Adapt the graph before each layer; otherwise all layers have the initial one (ablation).
    tau : float, above 0
        Frames over which the weight of an edge falls to 1/e.
    lambda_local, lambda_global : float, at least 0
        Factors of the edges of local nodes, and of those of the apex.
    forget : float, at least 0, at most 1
        Share of the initial graph in that of each layer, 0 to 1.
    normalise : {"degree", "row", "none"}
        What a row of the graph is divided by before it mixes nodes: its number of edges, the sum of its absolute
        weights (which takes lambda out again), or nothing.
    layer_norm : {"batch", "layer", "none"}
        Normalisation in each graph convolution, before ReLU: over the nodes of all clips, over the features of one
        node, or none.
    heads : int, at least 1
        Heads of the self-attention; a divisor of the last width.
    dropout : float, at least 0, below 1
        Share of the pooled features that is left out in training.

    Shapes
    ------
    x: (batch, frames, height, width, 3), uint8 or float, grey levels; apex_and_length: (batch, 2), int64: frame of the
    apex (0: it is the onset) and number of frames, those after which are padding and not looked at;
    output: (batch, classes) logits
    """

    name = "atm_gcn"
    reads = ("sequences",)
    clip_ms = 110.0
    needs_apex_and_length = True
    shows: ClassVar = {"attention": {}}
    effective_with: ClassVar = {
        "layers": {"gcn": True},
        "window": {"gcn": True},
        "tau": {"gcn": True},
        "lambda_local": {"gcn": True},
        "lambda_global": {"gcn": True},
        "normalise": {"gcn": True},
        "layer_norm": {"gcn": True},
        "forget": {"gcn": True, "adaptive": True},
    }

    encoding: Tensor

    def __init__(
        self,
        input_shape: Sequence[int],
        classes: int,
        *,
        blocks: int = 4,
        layers: int = 4,
        window: int = 2,
        widths: Sequence[int] = (32, 64, 128, 256),
        stem_stride: int = 4,
        grid: int = 7,
        motion: bool = True,
        gcn: bool = True,
        adaptive: bool = True,
        tau: float = 10.0,
        lambda_local: float = 0.5,
        lambda_global: float = 1.0,
        forget: float = 0.5,
        normalise: Normalisation = "degree",
        layer_norm: LayerNorm = "batch",
        heads: int = 4,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        nodes, features = _sizes(input_shape, blocks=blocks, widths=widths, heads=heads, grid=grid)
        settings = TemporalGCNSettings(
            layers=layers, window=window, adaptive=adaptive, tau=tau, lambda_local=lambda_local,
            lambda_global=lambda_global, forget=forget, normalise=normalise, layer_norm=layer_norm,
        )  # fmt: skip
        self.input_norm = nn.BatchNorm2d(3, affine=False, momentum=None)  # its mean is of all batches: nothing drifts
        self.encoder = MotionEncoder(widths[:blocks], stem_stride=stem_stride, grid=grid)
        self.feature_norm = nn.BatchNorm1d(features)
        self.register_buffer("encoding", temporal_encoding(nodes, features), persistent=False)
        self.motion, self.graph = motion, TemporalGCN(nodes, features, settings) if gcn else None
        self.classify = NodeClassifier(features, classes, heads=heads, dropout=dropout)
        self.whole = False

    def promise_whole_clips(self) -> None:
        """Take all nodes as real without a look at them, which would make a GPU wait; the numbers agree to rounding."""
        self.whole = True

    def forward(self, x: Tensor, apex_and_length: Tensor) -> Tensor:
        """Return the logits of the classes."""
        h = self.encode(x, apex_and_length)
        if self.graph is not None:
            h = self.graph(h, apex_and_length, whole=self.whole)
        logits: Tensor = self.classify(h, real_nodes(apex_and_length[:, 1], h.shape[1]))
        return logits

    def encode(self, x: Tensor, apex_and_length: Tensor) -> Tensor:
        """Return the motion features m_i (batch, nodes, features), 0 where a node pads the clip (eq. 2)."""
        pictures, real = self._pictures(x, apex_and_length)
        features = self.feature_norm(self.encoder(pictures))
        if self.whole:
            nodes: Tensor = features.view(*real.shape, -1) + self.encoding
            return nodes
        h = x.new_zeros((*real.shape, features.shape[1]), dtype=features.dtype)
        h[real] = features + self.encoding.expand(len(x), -1, -1)[real]
        return h

    def attention_maps(self, x: Tensor, apex_and_length: Tensor, *, block: int = 0) -> Tensor:
        """Return the attention map of each node (batch, nodes, h, w), in 0 to 1; 0 where a node pads the clip.

        Parameters
        ----------
        x, apex_and_length
            As for `forward`.
        block : int
            Block whose features the maps gate, from 0.
        """
        pictures, real = self._pictures(x, apex_and_length)
        maps = self.encoder.attention_maps(pictures, block=block)
        out = maps.new_zeros((*real.shape, *maps.shape[1:]))
        out[real] = maps
        return out

    def adjacencies(self, x: Tensor, apex_and_length: Tensor) -> list[Tensor]:
        """Return the graph of each clip (batch, nodes, nodes) as eq. 8 makes it, then as each layer adapts it."""
        return [] if self.graph is None else self.graph.adjacencies(self.encode(x, apex_and_length), apex_and_length)

    def _pictures(self, x: Tensor, apex_and_length: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the encoder sees of the real nodes (n, 3, height, width), and which nodes these are.

        Padding is left out here, before the first batch norm: what it holds can reach nothing.
        """
        real, dtype = real_nodes(apex_and_length[:, 1], x.shape[1] - 1), self.classify.linear.weight.dtype
        if self.whole:
            all_frames = x.to(dtype)
            seen = all_frames[:, 1:] - all_frames[:, :1] if self.motion else all_frames[:, 1:]
            return self.input_norm(seen.flatten(0, 1).permute(0, 3, 1, 2)), real
        check_apex_and_length(apex_and_length, x.shape[1])
        if self.training and real.sum() < 2:
            raise DatasetError(
                "atm_gcn: expected two frames after an onset or more in each training step, but found one: batch norm "
                "needs a spread. Raise training.batch_size, or set short_clips: stretch for these sequences."
            )
        frames = x[:, 1:][real].to(dtype)
        if self.motion:
            clip = real.nonzero()[:, 0]
            frames = frames.sub_(x[:, 0].to(dtype)[clip])
        normalised: Tensor = self.input_norm(frames.permute(0, 3, 1, 2))
        return normalised, real


class NodeClassifier(nn.Module):
    """Self-attention over the nodes, their mean, a linear map (eq. 11); padding is neither looked at nor averaged.

    Shapes
    ------
    h: (batch, nodes, features); real: (batch, nodes), bool; output: (batch, classes) logits
    """

    def __init__(self, features: int, classes: int, *, heads: int, dropout: float) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(features, heads, batch_first=True)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(features, classes)

    def forward(self, h: Tensor, real: Tensor) -> Tensor:
        """Return logits."""
        looked, _ = self.attention(h, h, h, key_padding_mask=~real, need_weights=False)
        share = (real / real.sum(1, keepdim=True)).to(looked.dtype)
        logits: Tensor = self.linear(self.dropout((share[:, None] @ looked)[:, 0]))
        return logits


def temporal_encoding(nodes: int, features: int) -> Tensor:
    """Return the sinusoidal encoding (nodes, features) of the distance of each node to the onset, in frames.

    Source: Vaswani et al. 2017: feature 2k is ``sin(i / 10000^(2k / features))``, feature 2k + 1 the cosine; node 0 is
    frame i = 1.
    """
    distance = torch.arange(1, nodes + 1, dtype=torch.float64)[:, None]
    angle = distance / 10000 ** (torch.arange(0, features, 2, dtype=torch.float64) / features)
    return torch.stack([angle.sin(), angle.cos()], 2).flatten(1)[:, :features].float()


def _sizes(input_shape: Sequence[int], *, blocks: int, widths: Sequence[int], heads: int, grid: int) -> tuple[int, int]:
    """Return the number of nodes and of their features, after a check of what decides them."""
    if len(input_shape) != 4 or input_shape[0] < 2 or input_shape[3] != 3:
        raise ConfigError(
            "atm_gcn: expected examples of shape (frames, height, width, 3 colours), but found "
            f"{tuple(input_shape)}. Use it with the artefact 'sequences'."
        )
    known = 1 <= blocks <= len(widths)
    check_param(known, "atm_gcn", "blocks", expected=f"from 1 to {len(widths)}, one for each width", found=blocks)
    check_param(grid >= 1, "atm_gcn", "grid", expected="of 1 or more", found=grid)
    features = widths[blocks - 1]
    divides = heads >= 1 and features % heads == 0
    check_param(divides, "atm_gcn", "heads", expected=f"to divide the last width, {features}", found=heads)
    return input_shape[0] - 1, features
