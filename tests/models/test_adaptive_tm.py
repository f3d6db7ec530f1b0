import pytest
import torch

from merflow.errors import ConfigError
from merflow.models.adaptive_tm import AdaptiveTM, normalise_rows
from merflow.models.temporal_graph import edge_mask, initial_adjacency


def graph(nodes=5, *, window=1, local=0.5):
    torch.manual_seed(0)
    apex, n_frames = torch.tensor([2, 4]), torch.tensor([nodes + 1, 5])
    edges = edge_mask(apex, n_frames, nodes=nodes, window=window)
    h = torch.randn(2, nodes, 8)
    return edges, initial_adjacency(h, edges, apex, tau=10, lambda_local=local, lambda_global=1)


def random_layer(nodes=5, *, forget):
    layer = AdaptiveTM(nodes, forget=forget)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.normal_()
    return layer


def test_full_forgetting_keeps_the_initial_graph_exactly():
    edges, initial = graph()
    assert torch.equal(random_layer(forget=1.0)(torch.randn_like(initial), initial, edges), initial)


def test_starts_from_the_initial_graph():
    edges, initial = graph()
    for forget in (0.0, 0.5):
        torch.testing.assert_close(AdaptiveTM(5, forget=forget)(initial, initial, edges), initial, rtol=0, atol=1e-7)


def test_by_hand():
    """Two nodes. FC swaps the columns and adds (1, 2); forget 1/4: A_1 = 3/4 FC(A_0) + 1/4 A_0."""
    layer = AdaptiveTM(2, forget=0.25)
    with torch.no_grad():
        layer.map_rows.weight.copy_(torch.tensor([[0.0, 1], [1, 0]]))
        layer.map_rows.bias.copy_(torch.tensor([1.0, 2]))
    before, initial = torch.tensor([[[4.0, 8], [0, 12]]]), torch.tensor([[[16.0, 4], [8, 20]]])
    mapped = torch.tensor([[[9.0, 6], [13, 2]]])
    found = layer(before, initial, torch.ones(1, 2, 2, dtype=torch.bool))
    torch.testing.assert_close(found, 0.75 * mapped + 0.25 * initial)
    only_diagonal = layer(before, initial, torch.eye(2, dtype=torch.bool)[None])
    torch.testing.assert_close(only_diagonal, 0.75 * torch.tensor([[[9.0, 0], [0, 2]]]) + 0.25 * initial)


def test_no_edge_is_added():
    edges, initial = graph()
    adapted = random_layer(forget=0.5)(initial, initial, edges)
    assert torch.equal(adapted != 0, edges)


def test_rows_are_mapped_alike():
    """Exchanging two nodes' rows exchanges their adapted rows: the map knows columns, not rows."""
    layer, edges = random_layer(forget=0.0), torch.ones(1, 5, 5, dtype=torch.bool)
    rows = torch.randn(1, 5, 5)
    order = [3, 1, 2, 0, 4]
    torch.testing.assert_close(layer(rows[:, order], rows, edges), layer(rows, rows, edges)[:, order])


@pytest.mark.parametrize("forget", [-0.1, 1.1])
def test_forgetting_outside_0_to_1_is_refused(forget):
    with pytest.raises(ConfigError, match=rf"expected forget of 0 to 1, a rate of forgetting, but found {forget}"):
        AdaptiveTM(3, forget=forget)


def test_degree_takes_the_mean_over_edges():
    edges, initial = graph()
    found = normalise_rows(initial, edges, how="degree")
    for clip in range(2):
        for row in range(5):
            weights = initial[clip, row][edges[clip, row]]
            if len(weights):
                torch.testing.assert_close(found[clip, row].sum(), weights.mean())
            else:
                assert found[clip, row].tolist() == [0] * 5


def test_rows_sum_to_one_in_absolute_values():
    edges, initial = graph()
    signed = initial * torch.where(torch.rand_like(initial) < 0.5, -1.0, 1.0)
    sums = normalise_rows(signed, edges, how="row").abs().sum(2)
    torch.testing.assert_close(sums, edges.any(2).float())


def test_lambda_acts_by_degree_and_is_lost_by_row():
    (edges, weak), (_, strong) = graph(local=0.25), graph(local=0.5)
    torch.testing.assert_close(normalise_rows(weak, edges, how="row"), normalise_rows(strong, edges, how="row"))
    by_degree = normalise_rows(weak, edges, how="degree") / normalise_rows(strong, edges, how="degree")
    is_global = torch.arange(5) == torch.tensor([1, 3])[:, None]
    expected = torch.where(is_global[:, :, None], 1.0, 0.5).expand(2, 5, 5)
    torch.testing.assert_close(by_degree[edges], expected[edges])


def test_none_changes_nothing():
    edges, initial = graph()
    assert normalise_rows(initial, edges, how="none") is initial
