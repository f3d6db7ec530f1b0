"""Graph convolutions over the frames of a clip, the graph adapted before each. Source: ATM-GCN, section III-B."""

from typing import Literal, get_args

import torch
from torch import Tensor, nn

from merflow.errors import ConfigError
from merflow.models.adaptive_tm import AdaptiveTM, Normalisation, check_normalisation, normalise_rows
from merflow.models.temporal_graph import edge_mask, initial_adjacency, real_nodes

LayerNorm = Literal["batch", "layer", "none"]


class TemporalGCN(nn.Module):
    """Layers of ``H_l = relu(norm(A_l H_{l-1} W_l + b_l))``, A_l as `AdaptiveTM` makes it, its rows divided.

    Parameters
    ----------
    nodes, features : int
        Size of the graph, padding included, and of each layer.
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

    Shapes
    ------
    h: (batch, nodes, features); marks: (batch, 2), int64, frame of the apex and number of frames;
    output: (batch, nodes, features), 0 where a node pads the clip
    """

    def __init__(
        self,
        nodes: int,
        features: int,
        *,
        layers: int,
        window: int,
        adaptive: bool,
        tau: float,
        lambda_local: float,
        lambda_global: float,
        forget: float,
        normalise: Normalisation,
        layer_norm: LayerNorm,
    ) -> None:
        super().__init__()
        check_normalisation(normalise)
        _check_weighting(tau=tau, lambda_local=lambda_local, lambda_global=lambda_global)
        self.window, self.normalise = window, normalise
        self.weighting = {"tau": tau, "lambda_local": lambda_local, "lambda_global": lambda_global}
        self.adapt = nn.ModuleList(AdaptiveTM(nodes, forget=forget) for _ in range(layers)) if adaptive else None
        bias = layer_norm != "batch"  # batch norm takes it off again
        self.maps = nn.ModuleList(nn.Linear(features, features, bias=bias) for _ in range(layers))
        self.norms = nn.ModuleList(_make_norm(layer_norm, features) for _ in range(layers))

    def forward(self, h: Tensor, marks: Tensor) -> Tensor:
        """Return the features of the nodes after the last layer."""
        real = real_nodes(marks[:, 1], h.shape[1])
        edges = self.edges(h, marks)
        graphs = self.adjacencies(h, marks)[1:]
        for graph, map_features, norm in zip(graphs, self.maps, self.norms, strict=True):
            mapped = map_features(normalise_rows(graph, edges, how=self.normalise) @ h)
            h = torch.zeros_like(mapped)
            h[real] = nn.functional.relu(norm(mapped[real]))
        return h

    def edges(self, h: Tensor, marks: Tensor) -> Tensor:
        """Return where the graph of each clip has edges (batch, nodes, nodes)."""
        apex, n_frames = marks.unbind(1)
        return edge_mask(apex, n_frames, nodes=h.shape[1], window=self.window)

    def adjacencies(self, h: Tensor, marks: Tensor) -> list[Tensor]:
        """Return A_0 of the first features (batch, nodes, features), then A_l of each layer."""
        edges = self.edges(h, marks)
        graphs = [initial_adjacency(h, edges, marks[:, 0], **self.weighting)]
        for layer in range(len(self.maps)):
            graphs.append(graphs[0] if self.adapt is None else self.adapt[layer](graphs[-1], graphs[0], edges))
        return graphs


def _make_norm(kind: LayerNorm, features: int) -> nn.Module:
    if kind == "batch":
        return nn.BatchNorm1d(features)
    if kind == "layer":
        return nn.LayerNorm(features)
    if kind == "none":
        return nn.Identity()
    raise ConfigError(
        f"unknown layer_norm {kind!r}. Allowed: {', '.join(get_args(LayerNorm))}. "
        "Change it in model_params of config.yaml."
    )


def _check_weighting(*, tau: float, lambda_local: float, lambda_global: float) -> None:
    if tau <= 0 or lambda_local < 0 or lambda_global < 0:
        raise ConfigError(
            "atm_gcn: expected tau above 0 and both lambda of 0 or more, but found "
            f"{tau}, {lambda_local} and {lambda_global}. Change it in model_params of config.yaml."
        )
