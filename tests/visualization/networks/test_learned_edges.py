from itertools import pairwise

import numpy as np
import pytest

from merflow.artefacts import ShardWriter, open_shard
from merflow.drawing.canvas import save_png
from merflow.drawing.upstream import open_upstream
from merflow.landmarks.groups import PAIR_COLOURS
from merflow.training.learned import LearnedGraphs
from merflow.visualization.networks.learned_edges import (
    agreed,
    draw_learned_edges,
    plot_learned_edges,
    strongest_edges,
)

NODES = (17, 26, 27, 48, 57)
POSITION = np.array([[40.0, 40], [90, 40], [64, 60], [50, 95], [64, 105]])
FACE = np.full((128, 128, 3), 200, dtype=np.uint8)


def learned():
    rng = np.random.default_rng(0)
    keys = (("coordinates", 1), ("relations", 1), ("fused", 2), ("fused", 3))
    matrices = {key: rng.normal(0, 0.05, (4, 5, 5)) for key in keys}
    return LearnedGraphs(np.repeat(["s1", "s2"], 2), np.array([0, 1, 0, 1]), matrices, ((0, 1), (1, 2)))


def test_strongest_are_those_of_the_symmetrised_matrix_without_its_diagonal():
    matrix = np.zeros((4, 4))
    np.fill_diagonal(matrix, 9)
    matrix[0, 1], matrix[1, 0] = 3, -3  # cancel
    matrix[2, 3] = -2  # -1 both ways
    matrix[0, 3] = matrix[3, 0] = 0.5
    assert strongest_edges(matrix, 2) == [(2, 3, -1.0), (0, 3, 0.5)]
    assert len(strongest_edges(matrix)) == 6  # no more pairs than there are
    assert [edge[:2] for edge in strongest_edges(np.ones((3, 3)))] == [(0, 1), (0, 2), (1, 2)]


def test_first_and_last_layer_side_by_side():
    figure = plot_learned_edges(learned(), NODES, POSITION, FACE)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert [title.split(":")[0] for title in titles] == ["layer 1, coordinates", "layer 1, relations", "layer 3, fused"]
    lefts = [axes.get_position().x0 for axes in figure.axes]
    assert lefts == sorted(lefts)
    assert all("8 of 10 not in the given graph (of all pairs 80%)" in title for title in titles)


def test_the_words_above_a_panel_end_before_the_next_one():
    figure = plot_learned_edges(learned(), NODES, POSITION, FACE)
    figure.canvas.draw()
    boxes = [axes._left_title.get_window_extent() for axes in figure.axes]
    assert all(one.x1 < other.x0 for one, other in pairwise(boxes))
    assert max(box.y1 for box in boxes) < min(text.get_window_extent().y0 for text in figure.texts)


def test_lines_join_the_nodes_in_the_colour_of_their_parts():
    graphs = learned()
    matrix = np.zeros((5, 5))
    matrix[0, 2] = matrix[2, 0] = -0.2  # 17 - 27
    matrix[1, 4] = matrix[4, 1] = 0.07  # 26 - 57
    graphs.matrices["fused", 3][:] = matrix
    axes = plot_learned_edges(graphs, NODES, POSITION, FACE).axes[-1]
    strongest, second = axes.lines[-1], axes.lines[-2]
    np.testing.assert_array_equal(strongest.get_xydata(), POSITION[[0, 2]])
    np.testing.assert_array_equal(second.get_xydata(), POSITION[[1, 4]])
    assert strongest.get_color() == PAIR_COLOURS["brows", "nose"]
    assert second.get_color() == PAIR_COLOURS["brows", "mouth"]
    assert strongest.get_linewidth() > second.get_linewidth()
    assert strongest.is_dashed()
    assert not second.is_dashed()
    assert "up to 0.200, seeds alike 1.00" in axes.get_title(loc="left")


def test_an_edge_that_runs_do_not_agree_on_or_that_is_near_0_is_thin_and_dotted():
    graphs = learned()
    matrices = np.zeros((4, 5, 5))
    matrices[:, 0, 2] = matrices[:, 2, 0] = 0.2
    matrices[:, 1, 4] = matrices[:, 4, 1] = (0.5, 0.5, 0.5, -0.1)  # the largest mean, and one run of the other sign
    matrices[:, 2, 3] = matrices[:, 3, 2] = 0.004
    graphs.matrices["fused", 3][:] = matrices
    assert agreed([(0, 2, 0.2), (1, 4, 0.35), (2, 3, 0.004)], matrices) == [True, False, False]
    axes = plot_learned_edges(graphs, NODES, POSITION, FACE).axes[-1]
    (real,) = [line for line in axes.lines if line.get_linewidth() > 1]
    np.testing.assert_array_equal(real.get_xydata(), POSITION[[0, 2]])
    assert axes.lines[-1].get_linestyle() == ":"
    assert "runs agree on 1 of 10" in axes.get_title(loc="left")


def test_legend_names_every_colour():
    legend = plot_learned_edges(learned(), NODES, POSITION, FACE).axes[-1].get_legend()
    names = [text.get_text() for text in legend.get_texts()]
    assert names == ["brows - nose", "brows - mouth", "nose - mouth", "within the brows", "others"]


def test_untrained_matrices_are_drawn():
    graphs = learned()
    for matrices in graphs.matrices.values():
        matrices[:] = 0
    assert "up to 0.000" in plot_learned_edges(graphs, NODES, POSITION, FACE).axes[0].get_title(loc="left")


def test_no_face_is_said():
    assert "no face" in plot_learned_edges(learned(), NODES, POSITION, None).texts[1].get_text()
    assert "no face" not in plot_learned_edges(learned(), NODES, POSITION, FACE).texts[1].get_text()
    with pytest.raises(ValueError, match="landmarks of 5 nodes, but got 3"):
        plot_learned_edges(learned(), NODES[:3], POSITION, FACE)


def write(root, kind, arrays, attrs, params):
    path = root / kind / "v" / "s1.h5"
    with ShardWriter(
        path, kind=kind, variant="v", dataset="demo", subject="s1", params=params, code="", inputs={}
    ) as shard:
        shard.add("s1_a_1", arrays, {"frames": [1, 2, 3], "roles": ["onset", "apex", "offset"], "notes": "", **attrs})
    return path


def test_face_and_nodes_are_read_from_the_shards_of_a_clip(tmp_path):
    faces = np.stack([FACE, FACE // 2, FACE // 2])
    write(tmp_path, "magnified", {"magnified_color": faces, "head_motion": np.zeros((3, 2, 3))}, {"factor": 3.0}, {})
    arrays = {
        "landmarks": np.zeros((3, 68, 2)),
        "position": np.stack([POSITION, POSITION + 5, POSITION]),
        "node": np.array(NODES),
        "neighbour": np.array([1, 0, 1, 2, 3]),
        "edge_index": np.array([[0, 1], [1, 0]]),
    }
    path = write(tmp_path, "graphs", arrays, {"aligned_size": 128, "interocular_px": 50.0}, {"magnified": "v"})
    with open_shard(path, kind="graphs") as shard, open_upstream(shard) as upstream:
        figure = draw_learned_edges(learned(), shard, "s1_a_1", upstream, title="Edges")
        pngs = [
            save_png(
                draw_learned_edges(learned(), shard, "s1_a_1", found, title="Edges"), tmp_path / f"{i}.png"
            ).read_bytes()
            for i, found in enumerate((upstream, upstream, {}))
        ]
    np.testing.assert_array_equal(figure.axes[0].collections[0].get_offsets(), POSITION)
    luma = 200 / 255  # the onset's, all one grey
    np.testing.assert_allclose(figure.axes[0].images[0].get_array(), 0.35 + 0.6 * luma, rtol=1e-3)
    assert "s1_a_1" in figure.texts[0].get_text()
    assert pngs[0] == pngs[1] != pngs[2]
