import math

import pytest
import torch

from merflow.errors import DatasetError
from merflow.models.temporal_graph import (
    angular_similarity,
    check_apex_and_length,
    edge_mask,
    global_nodes,
    initial_adjacency,
    real_nodes,
)

FRAMES, NODES = 6, 5

# Eq. 3 to 5 written out for L = 6, in the paper's numbers: nodes v_2 to v_6, and which ones each looks at.
BY_HAND = {
    "apex in the middle": (1, 4, {2: (2, 3, 4), 3: (2, 3, 4), 4: (2, 3, 4, 5, 6), 5: (4, 5, 6), 6: (4, 5, 6)}),
    "apex first": (1, 2, {2: (2, 3, 4, 5, 6), 3: (2, 3, 4), 4: (2, 3, 4, 5), 5: (2, 4, 5, 6), 6: (2, 5, 6)}),
    "apex last": (1, 6, {2: (2, 3, 6), 3: (2, 3, 4, 6), 4: (3, 4, 5, 6), 5: (4, 5, 6), 6: (2, 3, 4, 5, 6)}),
    "window 2": (2, 3, {2: (2, 3, 4), 3: (2, 3, 4, 5, 6), 4: (2, 3, 4, 5, 6), 5: (3, 4, 5, 6), 6: (3, 4, 5, 6)}),
    "window 0": (0, 4, {2: (2, 4), 3: (3, 4), 4: (2, 3, 4, 5, 6), 5: (4, 5), 6: (4, 6)}),
    "window larger than the clip": (9, 4, dict.fromkeys(range(2, 7), (2, 3, 4, 5, 6))),
}


def mask(apex, n_frames=FRAMES, *, window):
    found = edge_mask(torch.tensor([apex]), torch.tensor([n_frames]), nodes=NODES, window=window)
    assert found.dtype == torch.bool
    return found[0]


def paper_edges(matrix):
    return {i + 2: tuple(j + 2 for j in range(NODES) if matrix[i, j]) for i in range(NODES)}


@pytest.mark.parametrize("case", BY_HAND)
def test_edges_by_hand(case):
    window, apex, expected = BY_HAND[case]
    assert paper_edges(mask(apex - 1, window=window)) == expected  # the paper counts frames from 1


def test_padding_has_no_edges():
    """Frames 0 to 3 are the clip's: nodes v_2 to v_4."""
    assert paper_edges(mask(2, 4, window=1)) == {2: (2, 3), 3: (2, 3, 4), 4: (3, 4), 5: (), 6: ()}
    assert paper_edges(mask(2, 4, window=9)) == {2: (2, 3, 4), 3: (2, 3, 4), 4: (2, 3, 4), 5: (), 6: ()}


def test_apex_at_the_onset_makes_the_first_node_global():
    assert torch.equal(mask(0, window=1), mask(1, window=1))


def test_the_global_node_is_the_apex():
    """Frame k is node k - 1; frame 0, the onset, has no node."""
    found = global_nodes(torch.tensor([0, 1, 3, 5]), NODES)
    assert found.nonzero().tolist() == [[0, 0], [1, 0], [2, 2], [3, 4]]


def test_each_clip_has_the_edges_of_its_own_marks():
    apex, n_frames = torch.tensor([2, 5, 0]), torch.tensor([4, 6, 3])
    together = edge_mask(apex, n_frames, nodes=NODES, window=1)
    for clip, (a, n) in enumerate(zip(apex.tolist(), n_frames.tolist(), strict=True)):
        assert torch.equal(together[clip], mask(a, n, window=1))


def test_real_nodes():
    assert real_nodes(torch.tensor([2, 6]), NODES).tolist() == [[True, False, False, False, False], [True] * 5]


def test_similarity_of_known_angles():
    """Angles 0, 45, 90, 180 degrees between vectors of any length: 1, 3/4, 1/2, 0."""
    found = angular_similarity(torch.tensor([[[2.0, 0], [3, 3], [0, 0.5], [-7, 0]]]))[0]
    expected = torch.tensor([[1, 0.75, 0.5, 0], [0.75, 1, 0.75, 0.25], [0.5, 0.75, 1, 0.5], [0, 0.25, 0.5, 1]])
    torch.testing.assert_close(found, expected)
    assert found.diagonal().tolist() == [1] * 4


def test_similarity_against_a_formula_that_is_exact_for_small_angles():
    """Kahan: the angle of unit vectors u, v is 2 arctan2(|u - v|, |u + v|)."""
    torch.manual_seed(0)
    h = torch.randn(2, 6, 8, dtype=torch.float64)
    unit = h / h.norm(dim=2, keepdim=True)
    difference = (unit[:, :, None] - unit[:, None]).norm(dim=3)
    total = (unit[:, :, None] + unit[:, None]).norm(dim=3)
    torch.testing.assert_close(angular_similarity(h), 1 - 2 * torch.atan2(difference, total) / math.pi)


def test_identical_nodes_weigh_exactly_the_decay():
    torch.manual_seed(1)
    h = torch.randn(1, 1, 64).expand(1, NODES, 64) * torch.tensor([1.0, 3, 0.2, 7, 1.1])[:, None]
    edges = torch.ones(1, NODES, NODES, dtype=torch.bool)
    found = initial_adjacency(h, edges, torch.tensor([3]), tau=10, lambda_local=1, lambda_global=1)[0]
    index = torch.arange(NODES)
    assert torch.equal(found, torch.exp(-(index[:, None] - index).abs() / 10.0))


def test_weights_by_hand():
    """Two nodes at a right angle, the second the apex: 0.5, times exp(-1/tau) off the diagonal, times lambda by row."""
    h, edges = torch.eye(2)[None], torch.ones(1, 2, 2, dtype=torch.bool)
    found = initial_adjacency(h, edges, torch.tensor([2]), tau=2.0, lambda_local=0.5, lambda_global=1.0)[0]
    fall = math.exp(-0.5)
    torch.testing.assert_close(found, torch.tensor([[0.5, 0.25 * fall], [0.5 * fall, 1.0]]))


def test_no_weight_without_an_edge():
    edges = edge_mask(torch.tensor([2]), torch.tensor([4]), nodes=NODES, window=1)
    weights = initial_adjacency(
        torch.ones(1, NODES, 3), edges, torch.tensor([2]), tau=10, lambda_local=0.5, lambda_global=1
    )
    assert torch.equal(weights != 0, edges)


@pytest.mark.parametrize(
    "pair",
    [
        ((1.0, 2, 3), (1, 2, 3)),
        ((1.0, 2, 3), (-2, -4, -6)),
        ((1.0, 2, 3), (1, 2, 3.000001)),
        ((0.0, 0, 0), (1, 2, 3)),
        ((0.0, 0, 0), (0, 0, 0)),
        ((1e-20, 0, 0), (1, 0, 0)),
    ],
    ids=["identical", "opposite", "nearly identical", "one without length", "both without length", "tiny"],
)
def test_gradient_is_finite_where_arccos_has_none(pair):
    h = torch.tensor([pair], requires_grad=True)
    similarity = angular_similarity(h)
    assert torch.isfinite(similarity).all()
    similarity.square().sum().backward()
    assert torch.isfinite(h.grad).all()
    assert h.grad.abs().max() < 10  # the angle turns by 1 / length at most


def test_vectors_without_length_stand_at_a_right_angle():
    found = angular_similarity(torch.tensor([[[0.0, 0], [1, 1], [0, 0]]]))[0]
    assert found.tolist() == [[1, 0.5, 0.5], [0.5, 1, 0.5], [0.5, 0.5, 1]]


def test_gradient_against_differences():
    torch.manual_seed(0)
    h = torch.randn(2, 4, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(angular_similarity, (h,))


@pytest.mark.parametrize("apex_and_length", [(0, 1), (3, 7), (6, 6), (-1, 6)])
def test_marks_that_cannot_be_are_refused(apex_and_length):
    with pytest.raises(DatasetError, match=r"expected 2 to 6 frames .* found \(apex, n_frames\) \("):
        check_apex_and_length(torch.tensor([(2, 6), apex_and_length]), FRAMES)


def test_marks_at_both_ends_pass():
    check_apex_and_length(torch.tensor([(0, 2), (5, 6)]), FRAMES)
