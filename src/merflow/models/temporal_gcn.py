"""Graph convolutions over the frames of a clip, the graph adapted before each. Source: ATM-GCN, section III-B."""

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from merflow.models.adaptive_tm import AdaptiveTM, Normalisation, normalise_rows
from merflow.models.params import check_param, check_word
from merflow.models.temporal_graph import edge_mask, initial_adjacency, real_nodes

LayerNorm = Literal["batch", "layer", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporalGCNSettings:
    """Parameters of ATM-GCN that shape its graph; what they mean in full stands there.

    Parameters
    ----------
    layers : int
    window : int
        As for `edge_mask`.
    adaptive : bool
        Otherwise A_l is A_0 in all layers.
    tau, lambda_local, lambda_global : float
        As for `initial_adjacency`.
    forget : float
        As for `AdaptiveTM`.
    normalise : {"degree", "row", "none"}
        As for `normalise_rows`.
    layer_norm : {"batch", "layer", "none"}
        Over the real nodes of all clips, over the features of a node, or none.
    """

    layers: int
    window: int
    adaptive: bool
    tau: float
    lambda_local: float
    lambda_global: float
    forget: float
    normalise: Normalisation
    layer_norm: LayerNorm

    def __post_init__(self) -> None:
        for name, least in (("layers", 1), ("window", 0), ("lambda_local", 0), ("lambda_global", 0)):
            found = getattr(self, name)
            check_param(found >= least, "atm_gcn", name, expected=f"of {least} or more", found=found)
        check_param(self.tau > 0, "atm_gcn", "tau", expected="above 0", found=self.tau)
        check_word("normalise", self.normalise, get_args(Normalisation))
        check_word("layer_norm", self.layer_norm, get_args(LayerNorm))


class TemporalGCN(nn.Module):
    """Layers of ``H_l = relu(norm(A_l H_{l-1} W_l + b_l))``, A_l as `AdaptiveTM` makes it, its rows divided.

    Parameters
    ----------
    nodes, features : int
        Size of the graph, padding included, and of each layer.
    settings : TemporalGCNSettings

    Shapes
    ------
    h: (batch, nodes, features); apex_and_length: (batch, 2), int64, frame of the apex and number of frames;
    output: (batch, nodes, features), 0 where a node pads the clip
    """

    def __init__(self, nodes: int, features: int, settings: TemporalGCNSettings) -> None:
        super().__init__()
        self.settings = settings
        layers, forget = range(settings.layers), settings.forget
        self.adapt = nn.ModuleList(AdaptiveTM(nodes, forget=forget) for _ in layers) if settings.adaptive else None
        bias = settings.layer_norm != "batch"  # batch norm takes it off again
        self.maps = nn.ModuleList(nn.Linear(features, features, bias=bias) for _ in layers)
        self.norms = nn.ModuleList(_make_norm(settings.layer_norm, features) for _ in layers)

    def forward(self, h: Tensor, apex_and_length: Tensor, *, whole: bool = False) -> Tensor:
        """Return the features of the nodes after the last layer; `whole` promises that no node pads a clip."""
        real = real_nodes(apex_and_length[:, 1], h.shape[1])
        edges = self.edges(h, apex_and_length)
        graphs = self._graphs(h, apex_and_length, edges)[1:]
        for graph, map_features, norm in zip(graphs, self.maps, self.norms, strict=True):
            mapped = map_features(normalise_rows(graph, edges, how=self.settings.normalise) @ h)
            if whole:
                h = nn.functional.relu(norm(mapped.flatten(0, 1))).view_as(mapped)
                continue
            h = torch.zeros_like(mapped)
            h[real] = nn.functional.relu(norm(mapped[real]))
        return h

    def edges(self, h: Tensor, apex_and_length: Tensor) -> Tensor:
        """Return where the graph of each clip has edges (batch, nodes, nodes)."""
        apex, n_frames = apex_and_length.unbind(1)
        return edge_mask(apex, n_frames, nodes=h.shape[1], window=self.settings.window)

    def adjacencies(self, h: Tensor, apex_and_length: Tensor) -> list[Tensor]:
        """Return A_0 of the first features (batch, nodes, features), then A_l of each layer."""
        return self._graphs(h, apex_and_length, self.edges(h, apex_and_length))

    def _graphs(self, h: Tensor, apex_and_length: Tensor, edges: Tensor) -> list[Tensor]:
        own = self.settings
        weighting = {"tau": own.tau, "lambda_local": own.lambda_local, "lambda_global": own.lambda_global}
        graphs = [initial_adjacency(h, edges, apex_and_length[:, 0], **weighting)]
        for layer in range(len(self.maps)):
            graphs.append(graphs[0] if self.adapt is None else self.adapt[layer](graphs[-1], graphs[0], edges))
        return graphs


def _make_norm(kind: LayerNorm, features: int) -> nn.Module:
    if kind == "batch":
        return nn.BatchNorm1d(features)
    return nn.LayerNorm(features) if kind == "layer" else nn.Identity()
