"""Node sets: the landmarks that are named, edges that mirror each other, one connected graph over space and time."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from torch_geometric.utils import contains_isolated_nodes, contains_self_loops, is_undirected

from merflow.drawing.landmark_lines import PARTS
from merflow.errors import ConfigError
from merflow.stages.graphs.node_sets import NODE_SETS, node_set, space_time_edge_index

SIZES = (14, 31, 68)

MIRROR_PAIRS = (
    *((17 + i, 26 - i) for i in range(5)),
    *((i, 16 - i) for i in range(8)),
    *((31, 35), (32, 34), (36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46)),
    *((48, 54), (49, 53), (50, 52), (59, 55), (58, 56), (60, 64), (61, 63), (67, 65)),
)
MIRROR = {**{i: i for i in range(68)}, **dict(MIRROR_PAIRS), **{b: a for a, b in MIRROR_PAIRS}}


def landmark_edges(chosen):
    return {frozenset((chosen.landmarks[a], chosen.landmarks[b])) for a, b in chosen.edges()}


def test_the_landmarks_are_those_of_brows_nose_and_mouth():
    assert NODE_SETS[14].landmarks == (17, 19, 21, 22, 24, 26, 27, 30, 31, 35, 48, 51, 54, 57)
    assert set(NODE_SETS[31].landmarks) == {*range(17, 27), *range(27, 36), *range(48, 60)}
    assert NODE_SETS[68].landmarks == tuple(range(68))
    assert {size: len(chosen.landmarks) for size, chosen in NODE_SETS.items()} == {size: size for size in SIZES}


@pytest.mark.parametrize("size", SIZES)
def test_left_and_right_are_joined_alike(size):
    chosen = NODE_SETS[size]
    edges = landmark_edges(chosen)
    assert edges == {frozenset(MIRROR[i] for i in edge) for edge in edges}
    towards = {chosen.landmarks[n]: chosen.landmarks[j] for n, j in enumerate(chosen.neighbour())}
    assert towards == {MIRROR[i]: MIRROR[j] for i, j in towards.items()}


@pytest.mark.parametrize("size", SIZES)
def test_each_designated_neighbour_is_joined_to_its_node(size):
    chosen = NODE_SETS[size]
    neighbour = chosen.neighbour()
    assert neighbour.shape == (size,)
    assert all(tuple(sorted((n, int(j)))) in chosen.edges() for n, j in enumerate(neighbour))


@pytest.mark.parametrize("size", SIZES)
def test_the_way_from_neighbour_to_neighbour_leads_to_the_bridge_of_the_nose(size):
    chosen = NODE_SETS[size]
    neighbour, bridge = chosen.neighbour(), chosen.landmarks.index(27)
    for start in range(size):
        node, steps = start, 0
        while node != bridge:
            node, steps = int(neighbour[node]), steps + 1
            assert steps < size, f"landmark {chosen.landmarks[start]} goes round in a circle"


def test_68_nodes_follow_the_lines_of_the_face():
    edges = landmark_edges(NODE_SETS[68])
    assert all(frozenset(pair) in edges for part in PARTS for pair in pairwise(part))


@pytest.mark.parametrize("size", SIZES)
def test_the_graph_is_one_piece_and_valid_for_pyg(size):
    edges = NODE_SETS[size].edges()
    index = space_time_edge_index(edges, nodes=size, frames=3)
    assert index.shape == (2, 2 * (3 * len(edges) + 2 * size))
    tensor = torch.from_numpy(index)
    assert is_undirected(tensor, num_nodes=3 * size)
    assert not contains_self_loops(tensor)
    assert not contains_isolated_nodes(tensor, num_nodes=3 * size)
    one_frame = index[:, (index < size).all(axis=0)]
    for part, n in ((one_frame, size), (index, 3 * size)):
        assert connected_components(coo_array((np.ones(part.shape[1]), part), shape=(n, n)))[0] == 1


def test_space_time_edges_by_hand():
    index = space_time_edge_index(((0, 1),), nodes=2, frames=2)
    np.testing.assert_array_equal(index, [[0, 0, 1, 1, 2, 2, 3, 3], [1, 2, 0, 3, 0, 3, 1, 2]])
    assert index.dtype == np.int64


def test_another_number_of_nodes_is_refused():
    with pytest.raises(ConfigError, match="expected one of 14, 31, 68, but found 20"):
        node_set(20)
