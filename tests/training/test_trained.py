import dataclasses

import numpy as np
import pandas as pd
import pytest
import torch

from merflow.artefacts import Examples
from merflow.errors import ArtefactError
from merflow.training.loop import predict
from merflow.training.points import thin_points
from merflow.training.trained import load_trained

CPU = torch.device("cpu")


def scores_of(weights, seed):
    table = pd.read_csv(weights.parents[1] / "predictions.csv").query("seed == @seed")
    return table.filter(like="score_").to_numpy()


def changed(source, folder, **changes):
    """Write a weights file with other tensors or another configuration."""
    saved = torch.load(source, weights_only=True)
    saved["config"] |= changes.pop("config", {})
    saved["state_dict"] |= changes.pop("state", {})
    for key in changes.pop("without", ()):
        del saved["config"][key]
    torch.save(saved, folder / "changed.pt")
    return folder / "changed.pt"


def test_network_predicts_again_what_its_fold_wrote(gts_gn_weights, graph_examples):
    for path in gts_gn_weights:
        model, config = load_trained(path)
        assert not model.training
        test = graph_examples.subject == config["fold"]
        np.testing.assert_allclose(
            predict(model, graph_examples.x[test], CPU), scores_of(path, config["seed"]), rtol=1e-4, atol=1e-6
        )


def test_loading_leaves_torchs_random_state_alone(gts_gn_weights):
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    load_trained(gts_gn_weights[0])
    assert torch.equal(torch.rand(1), expected)


def test_network_that_saw_thinned_points(train_graphs, graph_examples):
    rng = np.random.default_rng(0)
    points = Examples(
        rng.normal(size=(12, 8, 16, 6)).astype(np.float32), graph_examples.label, graph_examples.subject,
        graph_examples.clip, graph_examples.expression, graph_examples.classes, "emotion3",
        ("clip", "region", "sample", "xyzuvz"),
    )  # fmt: skip
    small = {"widths": [8, 8, 8], "region_feature": 8, "gcn_hidden": 16, "gcn_layers": 2}
    path = train_graphs("lite_point_gcn", small, points, train_points=8)[0]
    model, _ = load_trained(path)
    scores = predict(model, thin_points(points.x[:6], 8), CPU)
    np.testing.assert_allclose(scores, scores_of(path, 0), rtol=1e-4, atol=1e-6)


def test_action_units_of_the_training_clips_alone_shape_the_network(train_graphs, graph_examples):
    aus = graph_examples.aus.copy()
    aus[graph_examples.subject == "s1", 1] = 0  # unit 12 is shown by s2 alone
    first, *_, last = train_graphs(
        "gts_gn", {"fusion": 1, "widths": [4, 4]}, dataclasses.replace(graph_examples, aus=aus)
    )
    for path, units in ((first, [4, 12]), (last, [4])):
        model, config = load_trained(path)
        assert config["au_numbers"] == units
        _, au_logits = model.forward_with_aus(torch.zeros(1, 3, 5, 4))
        assert [logits.shape for logits in au_logits] == [(1, len(units))] * 2


def test_weights_of_another_architecture(gts_gn_weights, tmp_path):
    wider = {"config": {"model_params": {"fusion": 1, "widths": [4, 4, 8]}}}
    with pytest.raises(ArtefactError, match=r"expected the weights of gts_gn with \S+ of shape .*another architecture"):
        load_trained(changed(gts_gn_weights[0], tmp_path, **wider))
    more = {"state": {"fused.9.bias": torch.zeros(3)}}
    with pytest.raises(ArtefactError, match=r"fused.9.bias of shape none, but found \(3,\)"):
        load_trained(changed(gts_gn_weights[0], tmp_path, **more))


def test_weights_of_no_network(train_graphs, gts_gn_weights, tmp_path):
    with pytest.raises(
        ArtefactError, match=r"expected the weights of a network .*gts_gn.* but found those of 'majority'"
    ):
        load_trained(train_graphs("majority", {})[0])
    with pytest.raises(ArtefactError, match="expected a configuration with seed, edges"):
        load_trained(changed(gts_gn_weights[0], tmp_path, without=("edges", "seed")))


def test_there_is_no_such_file(tmp_path):
    with pytest.raises(ArtefactError, match=r"expected the weights of a fold, but found no file.*run the workflow"):
        load_trained(tmp_path / "seed0.pt")
