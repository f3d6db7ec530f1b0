import numpy as np
import pytest
import torch
from torch_geometric.utils import get_laplacian, to_dense_adj, to_undirected

from merflow.errors import ConfigError
from merflow.models.landmark_graph_ops import (
    adjacency_matrix,
    check_graph_input,
    propagation_matrix,
    space_time_edges,
)
from merflow.stages.graphs.node_sets import node_set, space_time_edge_index

EDGES = ((0, 1), (1, 2), (2, 3), (3, 0), (2, 4), (4, 5))  # a ring with a tail: degrees 2, 2, 3, 2, 2, 1
NODES = 6


def test_propagation_by_hand():
    pair = propagation_matrix(adjacency_matrix(2, [(0, 1)]))
    torch.testing.assert_close(pair, torch.ones(2, 2))
    path = propagation_matrix(adjacency_matrix(3, [(0, 1), (1, 2)]))
    r = 2**-0.5
    torch.testing.assert_close(path, torch.tensor([[1, r, 0], [r, 1, r], [0, r, 1]]))


def test_a_node_without_neighbours_keeps_itself():
    alone = propagation_matrix(adjacency_matrix(3, [(0, 1)]))
    assert alone[2].tolist() == [0, 0, 1]


def test_first_order_form_is_the_spectral_filter_2_minus_lambda():
    """Eq. 2 with g(lambda) = theta (2 - lambda) on the eigenvectors of the Laplacian is eq. 5, for any X."""
    adjacency = adjacency_matrix(NODES, EDGES).double().numpy()
    degree = adjacency.sum(1)
    laplacian = np.eye(NODES) - adjacency / np.sqrt(np.outer(degree, degree))
    eigenvalues, U = np.linalg.eigh(laplacian)
    assert eigenvalues.min() > -1e-12
    assert eigenvalues.max() <= 2  # so that lambda_max = 2 keeps the argument of eq. 3 in [-1, 1]
    X, theta = np.random.default_rng(0).normal(size=(NODES, 3)), 0.7
    spectral = U @ np.diag(theta * (2 - eigenvalues)) @ U.T @ X
    first_order = propagation_matrix(torch.from_numpy(adjacency)).numpy() @ X * theta
    np.testing.assert_allclose(first_order, spectral, atol=1e-12)


def test_propagation_is_two_less_the_laplacian_of_pyg():
    index, weight = get_laplacian(to_undirected(torch.tensor(EDGES).T), normalization="sym", num_nodes=NODES)
    laplacian = to_dense_adj(index, edge_attr=weight, max_num_nodes=NODES)[0]
    torch.testing.assert_close(propagation_matrix(adjacency_matrix(NODES, EDGES)), 2 * torch.eye(NODES) - laplacian)


def test_graph_of_three_frames_is_a_product_of_face_and_time():
    """The adjacency of the whole is kron(I, A) + kron(path of three, I)."""
    whole = adjacency_matrix(3 * NODES, space_time_edges(NODES, EDGES))
    path = torch.tensor([[0.0, 1, 0], [1, 0, 1], [0, 1, 0]])
    face = adjacency_matrix(NODES, EDGES)
    torch.testing.assert_close(whole, torch.kron(torch.eye(3), face) + torch.kron(path, torch.eye(NODES)))


@pytest.mark.parametrize("shape", [(3, 14, 2), (2, 14, 4), (8, 256, 6), (14, 4)])
def test_examples_of_another_shape_are_refused(shape):
    with pytest.raises(ConfigError, match=r"expected examples of shape \(3 frames, nodes, 4 features\), but found"):
        check_graph_input("ss_gn", shape, EDGES)


@pytest.mark.parametrize("edge", [(0, 6), (-1, 2), (3, 3)])
def test_edges_that_join_no_two_nodes_are_refused(edge):
    with pytest.raises(ConfigError, match=rf"two different nodes of 0 to 5, but found \({edge[0]}, {edge[1]}\)"):
        check_graph_input("ss_gn", (3, NODES, 4), [*EDGES, edge])


def test_a_graph_without_edges_is_refused():
    with pytest.raises(ConfigError, match="expected the edges of a graph of 6 nodes, but found none"):
        check_graph_input("ss_gn", (3, NODES, 4), ())


@pytest.mark.parametrize("nodes", [14, 31, 68])
def test_the_graph_of_all_frames_is_the_one_that_artefacts_hold(nodes):
    edges = node_set(nodes).edges()
    ours = space_time_edges(nodes, edges)
    theirs = space_time_edge_index(edges, nodes=nodes, frames=3).T.tolist()
    assert {(a, b) for a, b in ours} | {(b, a) for a, b in ours} == {(a, b) for a, b in theirs}
