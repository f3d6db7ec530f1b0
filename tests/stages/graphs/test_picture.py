import numpy as np
import pytest

from merflow.artefacts import open_shard
from merflow.drawing.upstream import open_upstream
from merflow.stages.graphs.picture import ARROW_GAIN, draw_graphs, graph_frames, motion_list, plot_graph

CLIP = "sp9.1_a_10"


def test_arrows_lead_from_the_onset_along_the_motion(results):
    with open_shard(results["graphs"], kind="graphs") as shard, open_upstream(shard) as upstream:
        figure = draw_graphs(shard, CLIP, upstream)
        position = shard.read(CLIP, "position")
    for column in (1, 2):
        (arrows,) = [c for c in figure.axes[column].collections if hasattr(c, "U")]
        np.testing.assert_allclose(np.column_stack([arrows.X, arrows.Y]), position[0])
        np.testing.assert_allclose(np.column_stack([arrows.U, arrows.V]), position[column] - position[0], atol=1e-6)
        assert arrows.scale == pytest.approx(1 / ARROW_GAIN)
    assert f"{ARROW_GAIN:g} times" in figure.texts[1].get_text()


def test_every_edge_within_the_onset_is_drawn_once(results):
    with open_shard(results["graphs"], kind="graphs") as shard:
        figure = draw_graphs(shard, CLIP, {})
        position, edges = shard.read(CLIP, "position"), shard.read(CLIP, "edge_index")
    lines = {tuple(sorted(map(tuple, np.round(line.get_xydata(), 3)))) for line in figure.axes[0].lines}
    within = edges[:, (edges < 14).all(axis=0)].T
    expected = {tuple(sorted(map(tuple, np.round(position[0][[a, b]].astype(float), 3)))) for a, b in within}
    assert lines == expected
    assert len(figure.axes[0].lines) == len(within) / 2
    assert "2 copies" in figure.axes[0].get_title(loc="left")


def test_the_frames_behind_are_those_of_the_roles(results):
    with open_shard(results["graphs"], kind="graphs") as shard, open_upstream(shard) as upstream:
        onset, apex, _ = graph_frames(upstream, CLIP, ["onset", "apex", "offset"])
        images = upstream["magnified"].read(CLIP, "magnified_color")
        without = {kind: found for kind, found in upstream.items() if kind != "magnified"}
        aligned = graph_frames(without, CLIP, ["onset"])[0]
        np.testing.assert_array_equal(aligned, upstream["faces"].read(CLIP, "aligned_color")[0])
    np.testing.assert_array_equal(onset, images[0])
    np.testing.assert_array_equal(apex, images[1])


def test_the_list_names_what_moves_farthest_first():
    position = np.zeros((3, 20, 2))
    position[1, 4], position[1, 7], position[2, 7] = (3, 4), (0, 6), (1, 0)
    lines = motion_list(position, np.arange(20) + 17, 60.0).splitlines()
    assert [line.split() for line in lines[2:4]] == [["24", "6.00", "1.00"], ["21", "5.00", "0.00"]]
    assert "... of 20 nodes" in lines
    assert lines[-1] == "60.0 aligned px"


def test_68_nodes_have_no_numbers():
    position = np.random.default_rng(0).uniform(10, 90, (3, 68, 2))
    edges = np.array([[0, 1], [1, 0]])
    figure = plot_graph(position, np.arange(68), edges, (None,) * 3, interocular_px=30.0, size_px=100, title="t")
    assert not list(figure.axes[0].texts)
    assert "no face is drawn" in figure.texts[1].get_text()
