import numpy as np
import pytest

from merflow.artefacts import LazyRows, ShardWriter, open_shard
from merflow.datasets.clip import Clip
from merflow.datasets.labels import LABEL_SETS
from merflow.errors import BadClipError
from merflow.stages.examples import features_of
from merflow.stages.graphs.examples import spatial_edges
from merflow.stages.graphs.features import node_features
from merflow.stages.graphs.node_sets import node_set, space_time_edge_index
from merflow.training.examples import build_examples

EMPTY = {"params": {}, "code": "", "inputs": {}}
FRAMES = {"frames": [3, 7, 11], "roles": ["onset", "apex", "offset"], "notes": ""}
CHOSEN = node_set(14)


def graph(rng, copies):
    position = rng.uniform(60, 190, size=(1 + copies, 3, 14, 2)).astype(np.float32)
    arrays = {
        "landmarks": rng.uniform(60, 190, size=(3, 68, 2)).astype(np.float32),
        "position": position[0],
        "node": np.array(CHOSEN.landmarks),
        "neighbour": CHOSEN.neighbour(),
        "edge_index": space_time_edge_index(CHOSEN.edges(), nodes=14, frames=3),
    }
    return arrays | ({"copies": position[1:]} if copies else {})


@pytest.fixture
def graphs(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "s1.h5"
    attrs = FRAMES | {"aligned_size": 256, "interocular_px": 80.0}
    with ShardWriter(path, kind="graphs", variant="v", dataset="d", subject="s1", **EMPTY) as shard:
        shard.add("with", graph(rng, 2), attrs)
        shard.add("without", graph(rng, 0), attrs)
    with open_shard(path, kind="graphs") as shard:
        yield shard


@pytest.mark.parametrize("nodes", ["displacement", "coordinates"])
def test_graphs_are_read_in_the_units_that_are_asked_for(graphs, nodes):
    features = features_of("graphs", nodes=nodes)
    expected = node_features(
        graphs.read("with", "position"), graphs.read("with", "neighbour"), kind=nodes, interocular_px=80, size_px=256
    )
    np.testing.assert_array_equal(features.read(graphs, "with"), expected)
    assert features.dims == ("clip", "frame", "node", "xyda")


def test_copies_are_read_like_the_clip_and_may_be_absent(graphs):
    features = features_of("graphs")
    copies = features.read_copies(graphs, "with")
    first = node_features(
        graphs.read("with", "copies")[0], graphs.read("with", "neighbour"), kind="displacement", interocular_px=80,
        size_px=256,
    )  # fmt: skip
    assert copies.shape == (2, 3, 14, 4)
    np.testing.assert_array_equal(copies[0], first)
    assert features.read_copies(graphs, "without").shape == (0, 3, 14, 4)


def test_edges_are_those_within_a_frame_each_once(graphs):
    edges = spatial_edges(graphs, "with")
    assert set(edges) == {tuple(sorted(edge)) for edge in CHOSEN.edges()}
    assert len(edges) == len(set(edges))
    assert all(a < b < 14 for a, b in edges)


def test_pictures_are_the_magnified_apex(tmp_path):
    frames = np.random.default_rng(0).integers(0, 256, size=(3, 16, 16, 3), dtype=np.uint8)
    path = tmp_path / "s1.h5"
    with ShardWriter(path, kind="magnified", variant="v", dataset="d", subject="s1", **EMPTY) as shard:
        shard.add("a", {"magnified_color": frames, "head_motion": np.zeros((3, 2, 3))}, FRAMES | {"factor": 3.0})
    with open_shard(path, kind="magnified") as shard:
        found = features_of("magnified").read(shard, "a")
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, frames[1])


def test_sequences_are_whole_frames_with_the_apex_and_the_number_of_real_frames(tmp_path):
    frames = np.random.default_rng(0).integers(0, 256, size=(4, 16, 16, 3)).astype(np.uint8)
    arrays = {
        "onset_color": frames[0],
        "difference": frames[1:].astype(np.int16) - frames[0],
        "position": np.array([5.0, 6.5, 8.0, 8.0]),
    }
    attrs = {"apex": 1, "n_frames": 3, "recorded": [5, 6, 7, 8], "fps": 30.0, "notes": ""}
    identity = {"variant": "v", "dataset": "demo", "subject": "s1", **EMPTY}
    with ShardWriter(tmp_path / "s1.h5", kind="sequences", **identity) as shard:
        shard.add("s1_a_5", arrays, attrs)
    clip = Clip("demo", "s1", "a", "", "micro", 5, 6, 8, 30.0, "", "happiness", "", "color", "", "")
    features = features_of("sequences")
    examples, exclusions = build_examples(
        [tmp_path / "s1.h5"], [clip], label_set=LABEL_SETS["emotion3"], features=features
    )
    assert exclusions == []
    assert isinstance(examples.x, LazyRows)
    assert examples.apex_and_length.tolist() == [[1, 3]]
    np.testing.assert_array_equal(examples.x[np.array([0])][0], frames)


def test_a_shard_without_an_apex_is_refused_with_what_it_has(tmp_path):
    path, frames = tmp_path / "s1.h5", np.zeros((2, 16, 16, 3), np.uint8)
    attrs = FRAMES | {"frames": [3, 11], "roles": ["onset", "offset"], "factor": 3.0}
    with ShardWriter(path, kind="magnified", variant="v", dataset="d", subject="s1", **EMPTY) as shard:
        shard.add("a", {"magnified_color": frames, "head_motion": np.zeros((2, 2, 3))}, attrs)
    with open_shard(path, kind="magnified") as shard, pytest.raises(BadClipError, match="'apex' in the magnified art"):
        features_of("magnified").read(shard, "a")
