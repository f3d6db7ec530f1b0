"""Examples as PyTorch, PyTorch Geometric and pandas take them."""

import sys

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader
from torch_geometric.utils import is_undirected

import merflow
from merflow import extras
from merflow.artefacts import Examples, open_shard, write_examples
from merflow.artefacts.examples_graph import graph_of_frames
from merflow.errors import ArtefactError

TEXT = {"subject": np.array(["a", "a", "b"]), "clip": np.array(["a_1", "a_2", "b_1"])}


def examples(**changes):
    values = {
        "x": np.arange(24, dtype=np.float32).reshape(3, 8),
        "label": np.array([0, 1, 0]),
        **TEXT,
        "expression": np.array(["micro"] * 3),
        "classes": ("negative", "positive"),
        "label_set": "emotion2",
        "dims": ("clip", "feature"),
    }
    return Examples(**values | changes)


GRAPH = {
    "x": np.arange(3 * 2 * 3 * 2, dtype=np.float32).reshape(3, 2, 3, 2),
    "dims": ("clip", "frame", "node", "xy"),
    "edges": ((0, 1), (1, 2)),
}
MULTI = {"label": np.array([[1, 0], [1, 1], [0, 0]], dtype=np.uint8)}


def test_length_and_one_line():
    assert len(examples()) == 3
    assert repr(examples()) == (
        "Examples(3 clips of 2 subjects; x float32 (3, 8) = (clip, feature); emotion2: negative 2, positive 1)"
    )
    assert repr(examples(**MULTI)).endswith("emotion2: negative 2, positive 1)")


def test_the_loader_of_pytorch_gives_the_examples():
    given = examples()
    x, label = next(iter(DataLoader(given.to_torch(), batch_size=3)))
    np.testing.assert_array_equal(x.numpy(), given.x)
    np.testing.assert_array_equal(label.numpy(), given.label)
    assert (x.dtype, label.dtype) == (torch.float32, torch.int64)
    torch.nn.functional.cross_entropy(torch.zeros(3, 2), label)  # takes them


def test_labels_that_are_told_one_by_one_are_what_their_loss_takes():
    _, label = next(iter(DataLoader(examples(**MULTI).to_torch(), batch_size=3)))
    torch.nn.functional.binary_cross_entropy_with_logits(torch.zeros(3, 2), label)
    np.testing.assert_array_equal(label.numpy(), MULTI["label"])


def test_sequences_come_with_apex_and_length_from_their_file(tmp_path):
    x = np.arange(3 * 4 * 5 * 5 * 3, dtype=np.uint8).reshape(3, 4, 5, 5, 3)
    marks = np.array([[1, 4], [2, 3], [1, 2]])
    given = examples(x=x, dims=("clip", "frame", "y", "x", "rgb"), apex_and_length=marks)
    path = tmp_path / "examples.h5"
    write_examples(given, path, dataset="d", experiment="e", params={}, code="", inputs={})
    found = merflow.load_examples(str(path), in_memory_bytes=0).to_torch()
    pictures, label, apex_and_length = found[2]
    assert pictures.dtype == torch.uint8
    np.testing.assert_array_equal(pictures.numpy(), x[2])
    assert (int(label), apex_and_length.tolist()) == (0, [1, 2])
    batches = list(DataLoader(found, batch_size=2))
    np.testing.assert_array_equal(torch.cat([batch[0] for batch in batches]).numpy(), x)


def test_a_table_has_a_row_a_clip():
    aus = np.array([[1, 0], [0, 0], [1, 1]], dtype=np.uint8)
    known = np.array([True, False, True])
    frame = examples(aus=aus, aus_known=known, au_numbers=(4, 12)).to_frame()
    assert list(frame) == ["clip", "subject", "expression", "label", "class", "AU4", "AU12"]
    assert frame["class"].tolist() == ["negative", "positive", "negative"]
    assert frame["AU4"].isna().tolist() == [False, True, False]
    assert frame.loc[known, ["AU4", "AU12"]].to_numpy(dtype=np.uint8).tolist() == [[1, 0], [1, 1]]
    assert frame.groupby("subject").size().to_dict() == {"a": 2, "b": 1}


def test_a_table_of_several_labels_and_given_folds():
    frame = examples(**MULTI, fold=np.array(["1", "1", "2"])).to_frame()
    assert list(frame) == ["clip", "subject", "expression", "fold", "negative", "positive"]
    np.testing.assert_array_equal(frame[["negative", "positive"]].to_numpy(), MULTI["label"])


def test_graphs_have_the_edges_of_every_frame_and_of_time():
    first, *_ = examples(**GRAPH).to_pyg()
    assert first.validate(raise_on_error=True)
    assert is_undirected(first.edge_index, num_nodes=6)
    pairs = {(a, b) for a, b in first.edge_index.T.tolist() if a < b}
    assert pairs == {(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)}
    np.testing.assert_array_equal(first.x.numpy(), GRAPH["x"][0].reshape(6, 2))
    assert (first.y.tolist(), first.clip, first.subject) == ([0], "a_1", "a")


def test_one_frame_has_no_edges_of_time():
    assert graph_of_frames(((0, 1),), frames=1, nodes=2).tolist() == [[0, 1], [1, 0]]


def test_labels_of_a_graph_that_are_told_one_by_one():
    assert examples(**GRAPH, **MULTI).to_pyg()[1].y.tolist() == [[1.0, 1.0]]


def test_examples_that_are_no_graphs_are_refused():
    with pytest.raises(ValueError, match=r"axes clip, frame, node, but found clip, feature. Use to_torch\(\)"):
        examples().to_pyg()


@pytest.mark.parametrize(
    ("module", "method", "extra"), [("torch_geometric", "to_pyg", "pyg"), ("torch", "to_torch", "train")]
)
def test_a_library_that_is_not_installed_is_named_with_how_to_install_it(monkeypatch, module, method, extra):
    for name in [
        name for name in sys.modules if name.startswith("torch_geometric.") or name.endswith("examples_torch")
    ]:
        monkeypatch.delitem(sys.modules, name)  # an import of it looks at its parent again
    monkeypatch.setitem(sys.modules, module, None)
    declared = ["torch ; extra == 'train'", "torch-geometric ; extra == 'pyg'"]
    monkeypatch.setattr(extras, "requires", lambda _: declared)
    with pytest.raises(ModuleNotFoundError, match=rf"library {module}, .* pip install 'merflow\[{extra}\]'"):
        getattr(examples(**GRAPH), method)()


def test_examples_are_no_shard_and_the_message_says_how_to_read_them(tmp_path):
    path = tmp_path / "examples.h5"
    write_examples(examples(), path, dataset="d", experiment="e", params={}, code="", inputs={})
    with pytest.raises(ArtefactError, match=r"Read it with merflow.load_examples"), open_shard(path):
        pass
