"""Adaptive temporal motion: how the graph of a clip changes from layer to layer. Source: ATM-GCN, eq. 9 and 10."""

from typing import Literal

import torch
from torch import Tensor, nn

from merflow.models.params import check_param

Normalisation = Literal["degree", "row", "none"]


class AdaptiveTM(nn.Module):
    """One Adaptive-TM layer: ``A_l = FC(A_{l-1}) (1 - f_l) + A_0 f_l`` (eq. 10), on the edges of the graph alone.

    FC is a linear map of the rows, the same for every row of every clip: what node i takes in from each node, to the
    same anew. It starts as the identity, so that training starts from the graph without Adaptive-TM.

    Parameters
    ----------
    nodes : int
        Nodes of the graph, padding included.
    forget : float
        Forgetting rate f_l, 0 to 1: 1 keeps A_0.

    Shapes
    ------
    before, initial: (batch, nodes, nodes); edges: (batch, nodes, nodes), bool; output: (batch, nodes, nodes)
    """

    def __init__(self, nodes: int, *, forget: float) -> None:
        super().__init__()
        check_param(0 <= forget <= 1, "atm_gcn", "forget", expected="of 0 to 1, a rate of forgetting", found=forget)
        self.forget = forget
        self.map_rows = nn.Linear(nodes, nodes)
        with torch.no_grad():
            self.map_rows.weight.copy_(torch.eye(nodes))
            self.map_rows.bias.zero_()

    def forward(self, before: Tensor, initial: Tensor, edges: Tensor) -> Tensor:
        """Return A_l of A_{l-1} and A_0."""
        mapped = self.map_rows(before) * edges
        adapted: Tensor = mapped * (1 - self.forget) + initial * self.forget
        return adapted


def normalise_rows(adjacency: Tensor, edges: Tensor, *, how: Normalisation) -> Tensor:
    """Return the adjacency as the graph convolution uses it.

    Parameters
    ----------
    adjacency : Tensor of shape (batch, nodes, nodes)
        May be negative after `AdaptiveTM`.
    edges : Tensor of shape (batch, nodes, nodes), bool
    how : {"degree", "row", "none"}
        ``degree`` divides each row by its number of edges: a node takes the mean of its neighbours, each as heavy as
        its weight says. ``row`` divides by the sum of the row's absolute values, which takes the factors lambda out
        again: they are the same along a row. ``none`` leaves it as it is: the more neighbours, the larger the sum.

    Returns
    -------
    Tensor of shape (batch, nodes, nodes)
        A row without edges stays 0.
    """
    if how == "degree":
        return adjacency / edges.sum(2, keepdim=True).clamp_min(1)
    if how == "row":
        total = adjacency.abs().sum(2, keepdim=True)
        return adjacency / torch.where(total > 0, total, 1.0)
    return adjacency
