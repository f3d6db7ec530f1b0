"""A stored graph as PyTorch Geometric sees it."""

import numpy as np
import pytest
import torch
from torch_geometric.data import Batch
from torch_geometric.utils import contains_isolated_nodes, contains_self_loops, is_undirected

from merflow.artefacts import Examples, ShardWriter, open_shard
from merflow.errors import ArtefactError
from merflow.stages.examples import Choice
from merflow.stages.graphs.examples import graph_features, spatial_edges
from merflow.stages.graphs.features import node_features
from merflow.stages.graphs.pyg import to_pyg
from merflow.stages.graphs.settings import GraphSettings
from merflow.stages.graphs.stage import build_graphs

IDENTITY = {"variant": "v", "dataset": "demo", "subject": "spNO.1", "params": {}, "code": "", "inputs": {}}


@pytest.fixture(scope="module", params=[14, 31, 68])
def graphs(request, magnified, tmp_path_factory):
    path = tmp_path_factory.mktemp("pyg") / "graphs.h5"
    with open_shard(magnified, kind="magnified") as source, ShardWriter(path, kind="graphs", **IDENTITY) as shard:
        build_graphs(source, GraphSettings(nodes=request.param, copies=1), shard=shard, on_bad_clip="fail")
    with open_shard(path, kind="graphs") as opened:
        yield opened, request.param


def test_data_is_valid_and_holds_the_graph(graphs):
    shard, nodes = graphs
    clip = shard.clips[0]
    data = to_pyg(shard, clip, label=2)
    assert data.validate(raise_on_error=True)
    assert (data.num_nodes, data.num_node_features) == (3 * nodes, 4)
    assert data.is_coalesced()
    assert is_undirected(data.edge_index, num_nodes=data.num_nodes)
    assert not contains_self_loops(data.edge_index)
    assert not contains_isolated_nodes(data.edge_index, num_nodes=data.num_nodes)
    assert int(data.y) == 2
    # Ends of an edge are one landmark in adjacent frames, or two landmarks of one frame.
    a, b = data.edge_index
    step = (data.frame[a] - data.frame[b]).abs()
    assert (step <= 1).all()
    assert torch.equal(step == 1, data.landmark[a] == data.landmark[b])
    assert int((step == 1).sum()) == 4 * nodes


def test_nodes_stand_frame_by_frame(graphs):
    shard, nodes = graphs
    clip = shard.clips[0]
    data = to_pyg(shard, clip)
    position, landmarks = shard.read(clip, "position"), shard.read(clip, "landmarks")
    np.testing.assert_array_equal(data.pos.numpy().reshape(3, nodes, 2), position)
    np.testing.assert_array_equal(data.pos.numpy(), landmarks[data.frame.numpy(), data.landmark.numpy()])
    attrs = shard.attrs(clip)
    units = {"interocular_px": attrs["interocular_px"], "size_px": attrs["aligned_size"]}
    for kind in ("displacement", "coordinates"):
        expected = node_features(position, shard.read(clip, "neighbour"), kind=kind, **units)
        np.testing.assert_array_equal(to_pyg(shard, clip, kind=kind).x.numpy().reshape(3, nodes, 4), expected)
    assert "y" not in data


def test_a_copy_has_the_graph_and_its_own_places(graphs):
    shard, _ = graphs
    clip = shard.clips[0]
    plain, copy = to_pyg(shard, clip), to_pyg(shard, clip, copy=0)
    assert torch.equal(plain.edge_index, copy.edge_index)
    assert not torch.equal(plain.pos, copy.pos)


@pytest.mark.parametrize("number", [-1, 99])
def test_a_copy_that_is_not_there_is_refused(graphs, number):
    with pytest.raises(ArtefactError, match=f"expected a copy from 0 to .*, but found {number}"):
        to_pyg(graphs[0], graphs[0].clips[0], copy=number)


def test_clips_make_a_batch(graphs):
    shard, nodes = graphs
    batch = Batch.from_data_list([to_pyg(shard, clip, label=i) for i, clip in enumerate(shard.clips)])
    assert batch.validate(raise_on_error=True)
    assert batch.num_nodes == len(shard.clips) * 3 * nodes
    assert batch.y.tolist() == [0, 1, 2]


def test_an_unknown_clip_is_refused(graphs):
    with pytest.raises(ArtefactError, match="no clip 's_x_1'"):
        to_pyg(graphs[0], "s_x_1")


def test_examples_have_the_graph_of_the_shard(graphs):
    shard, nodes = graphs
    clip = shard.clips[0]
    x = graph_features(Choice(nodes="displacement")).read(shard, clip)
    one = {name: np.array([value]) for name, value in (("subject", "s"), ("clip", clip), ("expression", "micro"))}
    examples = Examples(
        x=x[None], label=np.array([1]), **one, classes=("p", "q"), label_set="two",
        dims=("clip", "frame", "node", "xyda"), edges=spatial_edges(shard, clip),
    )  # fmt: skip
    (found,), wanted = examples.to_pyg(), to_pyg(shard, clip, label=1)
    assert found.num_nodes == 3 * nodes
    for name in ("x", "edge_index", "y"):
        assert torch.equal(found[name], wanted[name]), name
