import numpy as np
import pytest
import torch

from merflow.errors import ArtefactError
from merflow.training.learned import au_weight_table, learned_graphs

NO_CONSTRAINT = {"fusion": 1, "widths": [4, 4, 6], "au_loss": "none"}


def state_of(path):
    return torch.load(path, weights_only=True)["state_dict"]


def test_matrices_are_those_of_the_files(gts_gn_weights):
    learned = learned_graphs(gts_gn_weights)
    assert list(zip(learned.folds.tolist(), learned.seeds.tolist(), strict=True)) == [
        ("s1", 0), ("s1", 1), ("s2", 0), ("s2", 1)
    ]  # fmt: skip
    assert list(learned.matrices) == [("coordinates", 1), ("relations", 1), ("fused", 2), ("fused", 3)]
    assert learned.nodes == 5
    assert learned.edges == ((0, 1), (1, 2), (2, 3), (3, 4))
    for run, path in enumerate(gts_gn_weights):
        stored = [value for name, value in state_of(path).items() if "learnt_adjacency" in name]
        assert len(stored) == 4
        for (key, matrices), tensor in zip(learned.matrices.items(), stored, strict=True):
            np.testing.assert_array_equal(matrices[run], tensor.double().numpy(), err_msg=str(key))
            assert np.abs(matrices[run]).max() > 0  # they start at zero, and were trained


def with_layer_weights(source, target, values):
    saved = torch.load(source, weights_only=True)
    saved["state_dict"]["au_layer_weights"] = torch.tensor(values)
    torch.save(saved, target)
    return target


def test_weights_by_fold_are_squares_over_their_sum_and_their_mean_over_seeds(gts_gn_weights, tmp_path):
    raw = [(1.0, 2.0, 2.0), (3.0, 0.0, -4.0), (1.0, 1.0, 1.0), (5.0, 0.0, 0.0)]
    files = [
        with_layer_weights(path, tmp_path / f"{i}.pt", values)
        for i, (path, values) in enumerate(zip(gts_gn_weights, raw, strict=True))
    ]
    table = au_weight_table(files)
    assert list(table.columns) == ["fold", "layer", "weight", "seeds"]
    assert table["fold"].tolist() == ["s1"] * 3 + ["s2"] * 3
    assert table["layer"].tolist() == [1, 2, 3] * 2
    assert table["seeds"].tolist() == [2] * 6
    first = np.mean([[1 / 9, 4 / 9, 4 / 9], [9 / 25, 0, 16 / 25]], axis=0)
    second = np.mean([[1 / 3, 1 / 3, 1 / 3], [1, 0, 0]], axis=0)
    np.testing.assert_allclose(table["weight"], [*first, *second], rtol=1e-6)


def test_layer_weights_are_trained(gts_gn_weights):
    weights = np.array([state_of(path)["au_layer_weights"].numpy() for path in gts_gn_weights])
    assert np.ptp(weights, axis=1).min() > 0  # they start alike
    np.testing.assert_allclose(au_weight_table(gts_gn_weights).groupby("fold")["weight"].sum(), 1, rtol=1e-6)


def test_networks_without_what_is_asked_for(train_graphs):
    plain = train_graphs("gcn", {"widths": [4, 4]})
    with pytest.raises(
        ArtefactError, match=r"expected a network that learns a graph, but gcn .*learnable_adjacency: true"
    ):
        learned_graphs(plain)
    with pytest.raises(ArtefactError, match="au_loss: adaptive"):
        au_weight_table(plain)
    with pytest.raises(ArtefactError, match=r"weighs action units by layer, but gts_gn with .*'none'"):
        au_weight_table(train_graphs("gts_gn", NO_CONSTRAINT))
    with pytest.raises(ArtefactError, match="at least one fold"):
        learned_graphs([])


def test_networks_of_two_experiments_are_not_mixed(gts_gn_weights, train_graphs):
    others = train_graphs("gts_gn", NO_CONSTRAINT)
    with pytest.raises(ArtefactError, match=r"expected model_params .* but found .*'none'"):
        learned_graphs([*gts_gn_weights, *others])
