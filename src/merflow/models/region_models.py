"""How the features of the facial regions become one feature of the face: GCN, MLP, transformer, point transformer."""

import itertools

import torch
from torch import Tensor, nn

from merflow.models.vector_attention import VectorAttention


class RegionGCN(nn.Module):
    """Graph convolutions over the regions with a learnable adjacency, then the maximum over the regions.

    Lite-Point-GCN eq. 6: ``X' = relu(A X W)``, one A of all layers; our reading adds a batch norm before the ReLU.

    Parameters
    ----------
    nodes : int
        Number of regions.
    channels : int
        Features of a region.
    hidden : int
        Features after each layer.
    layers : int
        Number of graph convolutions.
    batch_norm : bool
        Normalise ``A X W`` over batch and nodes. The paper prints none.

    Shapes
    ------
    input: (batch, nodes, channels); output: (batch, hidden)
    """

    def __init__(self, nodes: int, channels: int, *, hidden: int, layers: int, batch_norm: bool) -> None:
        super().__init__()
        self.out_channels = hidden
        # Each region half itself, half the mean of all; what the start is does not matter to the result.
        self.adjacency = nn.Parameter(torch.eye(nodes) / 2 + 1 / (2 * nodes))
        sizes = [channels] + [hidden] * layers
        self.weights = nn.ModuleList(nn.Linear(a, b, bias=False) for a, b in itertools.pairwise(sizes))
        self.norms = nn.ModuleList(nn.BatchNorm1d(hidden) if batch_norm else nn.Identity() for _ in range(layers))

    def forward(self, x: Tensor) -> Tensor:
        """Return one feature vector a face."""
        for weight, norm in zip(self.weights, self.norms, strict=True):
            mixed = self.adjacency @ weight(x)
            x = nn.functional.relu(norm(mixed.flatten(0, 1))).view_as(mixed)
        return x.amax(1)


class RegionMLP(nn.Module):
    """Two fully connected layers over the concatenated regions: the control of Table V without a graph.

    Shapes
    ------
    input: (batch, nodes, channels); output: (batch, hidden)
    """

    def __init__(self, nodes: int, channels: int, *, hidden: int) -> None:
        super().__init__()
        self.out_channels = hidden
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Linear(nodes * channels, hidden, bias=False),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden, bias=False),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return one feature vector a face."""
        features: Tensor = self.layers(x)
        return features


class RegionTransformer(nn.Module):
    """Self-attention over the regions, each with a learnt code of which region it is, then the maximum over them.

    Shapes
    ------
    input: (batch, nodes, channels); output: (batch, hidden)
    """

    def __init__(self, nodes: int, channels: int, *, hidden: int, layers: int, heads: int = 4) -> None:
        super().__init__()
        self.out_channels = hidden
        self.embed = nn.Linear(channels, hidden)
        self.region_code = nn.Parameter(torch.randn(nodes, hidden) * 0.02)
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(
                hidden, heads, dim_feedforward=hidden, dropout=0.0, batch_first=True, norm_first=True
            )
            for _ in range(layers)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return one feature vector a face."""
        x = self.embed(x) + self.region_code
        for block in self.blocks:
            x = block(x)
        return x.amax(1)


class RegionPointTransformer(nn.Module):
    """Vector attention over the regions, each joined with all by where they are, then the maximum over them.

    Lite-Point-GCN, section V-B: the layer of Point Transformer v1 as global model. Our reading: the place of a region
    is the mean of its points.

    Shapes
    ------
    input: (batch, nodes, channels), places (batch, nodes, 3); output: (batch, hidden)
    """

    def __init__(self, channels: int, *, hidden: int, layers: int) -> None:
        super().__init__()
        self.out_channels = hidden
        self.embed = nn.Linear(channels, hidden)
        self.blocks = nn.ModuleList(VectorAttention(hidden, hidden) for _ in range(layers))

    def forward(self, x: Tensor, places: Tensor) -> Tensor:
        """Return one feature vector a face."""
        batch, nodes = x.shape[:2]
        everyone = torch.arange(nodes, device=x.device).expand(batch, nodes, nodes)
        x = self.embed(x)
        for block in self.blocks:
            x = block(x, places, everyone)
        return x.amax(1)
