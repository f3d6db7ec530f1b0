import dataclasses
import shutil
import sys

import numpy as np
import pandas as pd
import pytest
import torch

from merflow.artefacts import ShardWriter, read_examples
from merflow.datasets.clip import Clip
from merflow.datasets.labels import LABEL_SETS
from merflow.errors import ArtefactError
from merflow.stages.examples import features_of
from merflow.training.examples import build_examples
from merflow.training.fold_record import write_record
from merflow.training.trained import load_trained


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


POINT_NET = {"widths": [8, 8, 8], "region_feature": 8, "gcn_hidden": 16, "gcn_layers": 2}
SEQUENCE_NET = {"blocks": 1, "layers": 1, "widths": [8], "heads": 1, "stem_stride": 2, "grid": 1}
PICTURE = ("clip", "aligned_y", "aligned_x", "rgb")
SEQUENCE = ("clip", "frame", *PICTURE[1:])
IMAGE = ("clip", "image_y", "image_x", "uvs")
FAMILIES = {
    "gts_gn": ({"fusion": 1, "widths": [8, 8]}, None, None),
    "ss_gn": ({}, None, None),
    "gcn": ({}, None, None),
    "resnet18": ({"image_size": 32}, (40, 40, 3), PICTURE),
    "capsule": ({}, (16, 16, 3), PICTURE),
    "ststnet": ({}, (28, 28, 3), IMAGE),
    "off_apexnet": ({}, (28, 28, 3), IMAGE),
    "res3d": ({"width": 1, "crop": 12}, (4, 16, 16, 3), SEQUENCE),
    "atm_gcn": (SEQUENCE_NET, (4, 16, 16, 3), SEQUENCE),
}
"""By network: parameters, shape and axes of an example; graphs are those of `graph_examples`."""


def examples_of(graphs, shape, dims):
    """The clips of `graphs` with other rows: noise, as grey levels where they are pictures."""
    rng = np.random.default_rng(1)
    grey = dims[-1] == "rgb"
    x = rng.integers(0, 256, (12, *shape), np.uint8) if grey else rng.uniform(size=(12, *shape)).astype(np.float32)
    apex_and_length = np.tile([[2, 4], [1, 3]], (6, 1)) if dims == SEQUENCE else np.zeros((12, 0), dtype=np.int64)
    return dataclasses.replace(
        graphs, x=x, dims=dims, apex_and_length=apex_and_length, edges=(),
        aus=np.zeros(0), au_numbers=(), copies=np.zeros(0),
        digest=np.array([]), copy_digest=np.array([]),
    )  # fmt: skip


def check_scores(path, examples, rows, seed=0):
    """Compare with ``predictions.csv``, which has six digits."""
    scores = load_trained(path).scores(examples, rows)
    written = np.array([[float(f"{value:.6g}") for value in row] for row in scores])
    np.testing.assert_allclose(written, scores_of(path, seed), rtol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("model", FAMILIES)
def test_rows_of_examples_get_the_scores_of_their_fold(train_graphs, graph_examples, model):
    params, shape, dims = FAMILIES[model]
    examples = graph_examples if dims is None else examples_of(graph_examples, shape, dims)
    for path in train_graphs(model, params, examples, seeds=(0,), min_epochs=1, min_steps=1):
        read = read_examples(path.parents[2] / "examples.h5")
        check_scores(path, read, np.flatnonzero(read.subject == path.parents[1].name))


def test_points_are_those_that_the_network_saw(train_graphs, graph_examples, tmp_path):
    """Of 16 points in the artefact the network saw 8: so many does examples.h5 hold, and no caller has to know."""
    shards = [region_shard(tmp_path / f"{subject}.h5", subject, seed) for seed, subject in enumerate(["s1", "s2"])]
    examples, _ = build_examples(
        shards, [clip_of(subject, onset) for subject in ("s1", "s2") for onset in range(6)],
        label_set=LABEL_SETS["emotion3"], features=features_of("regions", points=8),
    )  # fmt: skip
    assert examples.x.shape == (12, 8, 8, 6)
    path = train_graphs("lite_point_gcn", POINT_NET, examples, train_points=8)[0]
    read = read_examples(path.parents[2] / "examples.h5")
    check_scores(path, read, np.flatnonzero(read.subject == "s1"))
    trained = load_trained(path)
    np.testing.assert_array_equal(trained.scores(read), trained.scores(read, np.arange(12)))
    whole, _ = build_examples(
        shards[:1], [clip_of("s1", onset) for onset in range(6)], label_set=LABEL_SETS["emotion3"],
        features=features_of("regions"),
    )  # fmt: skip
    with pytest.raises(ArtefactError, match=r"the input_shape that .* trained on, \[8, 8, 6\], but found \[8, 16, 6\]"):
        trained.scores(whole)
    with pytest.raises(ValueError, match=r"expected examples of shape \(8, 8, 6\), .* but got \(8, 16, 6\)"):
        trained.network(torch.from_numpy(whole.x))


def test_points_of_another_variant_are_refused_though_all_else_is_alike(train_graphs, graph_examples, tmp_path):
    """Points that another rule selected have the same shape and unit, and get other scores."""

    def examples(variant):
        (tmp_path / variant).mkdir()
        shards = [
            region_shard(tmp_path / variant / f"{name}.h5", name, seed, variant=variant)
            for seed, name in enumerate(("s1", "s2"))
        ]
        clips = [clip_of(subject, onset) for subject in ("s1", "s2") for onset in range(6)]
        return build_examples(shards, clips, label_set=LABEL_SETS["emotion3"], features=features_of("regions"))[0]

    trained = load_trained(train_graphs("lite_point_gcn", POINT_NET, examples("sort"))[0])
    with pytest.raises(ArtefactError, match=r"the input that .*'artefact': 'regions/sort'.* found .*'regions/center'"):
        trained.scores(examples("center"))


def clip_of(subject, onset):
    emotion = ["happiness", "surprise", "anger"][onset % 3]
    return Clip("demo", subject, "a", "", "micro", onset, onset + 5, onset + 9, 30.0, "", emotion, "", "c", "d", "")


def region_shard(path, subject, seed, variant="v"):
    rng = np.random.default_rng(seed)
    names = {"variant": variant, "dataset": "demo", "subject": subject, "params": {}, "code": "", "inputs": {}}
    with ShardWriter(path, kind="regions", **names) as shard:
        for onset in range(6):
            arrays = {
                "points": rng.normal(size=(8, 16, 6)), "normalised": rng.uniform(-1, 1, (8, 16, 3)),
                "aligned_xy": rng.uniform(0, 127, (8, 16, 2)), "index": np.zeros((8, 16)), "count": np.full(8, 16),
                "divisor": np.ones((2, 2)),
            }  # fmt: skip
            shard.add(f"{subject}_a_{onset}", arrays, {"aligned_size": 128})
    return path


@pytest.mark.parametrize(
    ("fact", "change"),
    [
        ("classes", {"classes": ("positive", "negative")}),
        ("dims", {"dims": ("clip", "frame", "node", "other")}),
        ("input", {"input": {"nodes": "coordinates"}}),
        ("edges", {"edges": ((0, 1), (0, 2))}),
        ("dtype", {"x": np.zeros((12, 3, 5, 4), np.uint8), "digest": np.array([])}),
    ],
)
def test_rows_that_hold_something_else_are_refused(gts_gn_weights, graph_examples, fact, change):
    trained = load_trained(gts_gn_weights[0])
    trained.scores(graph_examples)
    with pytest.raises(ArtefactError, match=f"expected examples with the {fact} that the network was trained on"):
        trained.scores(dataclasses.replace(graph_examples, **change))


def test_weights_of_a_version_that_thinned_points_elsewhere(gts_gn_weights, tmp_path):
    """Their input_shape was that of the file, not that of what the network saw."""
    older = changed(gts_gn_weights[0], tmp_path, without=("dims", "dtype", "input"))
    with pytest.raises(ArtefactError, match=r"expected a configuration with dims, dtype, input, .* another version"):
        load_trained(older)


def test_loading_leaves_torchs_random_state_alone(gts_gn_weights):
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    load_trained(gts_gn_weights[0])
    assert torch.equal(torch.rand(1), expected)


def test_action_units_of_the_training_clips_alone_shape_the_network(train_graphs, graph_examples):
    aus = graph_examples.aus.copy()
    aus[graph_examples.subject == "s1", 1] = 0  # unit 12 is shown by s2 alone
    first, *_, last = train_graphs(
        "gts_gn", {"fusion": 1, "widths": [4, 4]}, dataclasses.replace(graph_examples, aus=aus)
    )
    for path, units in ((first, [4, 12]), (last, [4])):
        trained = load_trained(path)
        assert trained.config["au_numbers"] == units
        _, au_logits = trained.network.forward_with_aus(torch.zeros(1, 3, 5, 4))
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


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("antigravity:Net", "belongs to Python"),
        ("sklearn.svm:SVC", "expected SVC in .*sklearn/svm/__init__.py"),
        ("no_such_package.net:Net", "found none in .*installed packages"),
    ],
)
def test_weights_that_name_a_module_import_none_but_a_network(gts_gn_weights, tmp_path, model, message):
    before = set(sys.modules)
    with pytest.raises(ArtefactError, match=f"but found those of '{model}'.*{message}"):
        load_trained(changed(gts_gn_weights[0], tmp_path, config={"model": model}))
    assert model.partition(":")[0] in before or model.partition(":")[0] not in sys.modules


def test_there_is_no_such_file(tmp_path):
    with pytest.raises(ArtefactError, match=r"expected the weights of a fold, but found no file.*run the workflow"):
        load_trained(tmp_path / "seed0.pt")


def test_weights_of_another_seed_or_fold_in_their_place_are_refused(gts_gn_weights, tmp_path):
    """Each is whole by its own checksums; the record of the fold tells them apart."""
    folder = shutil.copytree(gts_gn_weights[0].parents[1], tmp_path / "s1")
    path = folder / "weights/seed0.pt"
    files = [path, folder / "weights/seed1.pt", folder / "predictions.csv", folder / "history.csv"]
    write_record(folder, made_of={}, seeds=(0, 1), files=files)
    load_trained(path)
    for other in gts_gn_weights[1:3]:
        shutil.copy(other, path)
        with pytest.raises(ArtefactError, match=r"weights that made_of\.json of the fold names, but found others"):
            load_trained(path)
    (folder / "made_of.json").unlink()
    load_trained(path)
