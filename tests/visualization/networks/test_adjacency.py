import numpy as np
import pytest

from merflow.drawing.canvas import save_png
from merflow.training.learned import LearnedGraphs
from merflow.visualization.networks.adjacency import RANGE, agreement, by_layer, draw_adjacency

NODES = (17, 26, 27, 48, 57)
KEYS = (("coordinates", 1), ("coordinates", 2), ("relations", 1), ("relations", 2), ("fused", 3))


def learned(keys=KEYS, nodes=5, seeds=(0, 1)):
    rng = np.random.default_rng(0)
    runs = [(fold, seed) for fold in ("s1", "s2", "s3") for seed in seeds]
    matrices = {key: rng.normal(0, 0.05, (len(runs), nodes, nodes)) for key in keys}
    folds, numbers = zip(*runs, strict=True)
    return LearnedGraphs(np.array(folds), np.array(numbers), matrices, ((0, 1), (1, 2)))


def maps(figure):
    return [axes for axes in figure.axes if axes.images]


def test_one_map_a_layer_and_stream_shows_the_mean_over_runs():
    graphs = learned()
    axes = maps(draw_adjacency(graphs, NODES))
    titles = [one.get_title(loc="left").splitlines()[0] for one in axes]
    order = [("coordinates", 1), ("relations", 1), ("coordinates", 2), ("relations", 2), ("fused", 3)]
    assert titles == [f"layer {layer}, {stream}" for stream, layer in order]
    for one, key in zip(axes, order, strict=True):
        np.testing.assert_allclose(one.images[0].get_array(), graphs.matrices[key].mean(axis=0))
        assert one.images[0].get_clim() == (-RANGE, RANGE)


def test_layers_are_columns_and_streams_are_rows():
    first, second, third, fourth, fused = (axes.get_position() for axes in maps(draw_adjacency(learned(), NODES)))
    assert first.x0 == second.x0 < third.x0 == fourth.x0 < fused.x0
    assert first.y0 == third.y0 > fused.y0 > second.y0 == fourth.y0


def test_white_is_zero():
    graphs = learned()
    graphs.matrices["fused", 3][:] = 0
    image = maps(draw_adjacency(graphs, NODES))[-1].images[0]
    assert np.ptp(image.to_rgba(np.zeros((1, 1)))[0, 0, :3]) < 0.01


def test_nodes_and_parts_of_the_face_are_named():
    axes = maps(draw_adjacency(learned(), NODES))[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == [str(node) for node in NODES]
    assert {text.get_text() for text in axes.texts} == {"brows", "nose", "mouth"}
    assert sorted(float(line.get_ydata()[0]) for line in axes.lines if np.ptp(line.get_ydata()) == 0) == [1.5, 2.5]
    many = maps(draw_adjacency(learned(nodes=68), range(68)))[0]
    assert [text.get_text() for text in many.get_xticklabels()] == []
    assert {text.get_text() for text in many.texts} == {"jaw", "brows", "nose", "eyes", "mouth"}


def test_numbers_over_a_map():
    graphs = learned()
    graphs.matrices["fused", 3][:] = np.arange(-12, 13).reshape(5, 5) / 100
    graphs.matrices["fused", 3][3:] += 0.02
    title = maps(draw_adjacency(graphs, NODES))[-1].get_title(loc="left")
    # three runs of six lie .02 higher: the mean of -.12 ... .12 rises by .01, and the sd of each entry is .01
    # |mean| is then (.01 + ... + .11 + .01 + ... + .13) / 25 = (.66 + .91) / 25
    assert "mean +0.010, |mean| 0.063, sd 0.010" in title
    assert "same seed 1.00, other seed 1.00" in title


def test_agreement_of_alike_unlike_and_untrained_runs():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 4, 4))
    seeds = np.array([0, 0, 1])
    alike = agreement(np.stack([one, 2 * one + 3, -one]), seeds)
    assert alike == pytest.approx({"same seed": 1.0, "other seed": -1.0})
    expected = np.corrcoef(one.ravel(), other.ravel())[0, 1]
    assert agreement(np.stack([one, other]), seeds[:2])["same seed"] == pytest.approx(expected)
    assert np.isnan(agreement(np.stack([one, other]), seeds[:2])["other seed"])
    assert np.isnan(agreement(np.zeros((2, 4, 4)), seeds[:2])["same seed"])


def test_one_stream_and_a_single_run():
    graphs = learned(keys=(("only", 1), ("only", 2)), seeds=(0,))
    assert by_layer(graphs) == {1: ["only"], 2: ["only"]}
    single = LearnedGraphs(graphs.folds[:1], graphs.seeds[:1], {k: m[:1] for k, m in graphs.matrices.items()}, ())
    figure = draw_adjacency(single, NODES)
    assert "alike: one run" in maps(figure)[0].get_title(loc="left")
    assert "1 runs (folds: 1, seeds: 1)" in figure.texts[1].get_text()


def test_other_nodes_than_the_networks():
    with pytest.raises(ValueError, match="landmarks of 5 nodes, but got 14"):
        draw_adjacency(learned(), range(14))


def test_same_numbers_give_the_same_bytes(tmp_path):
    first, second = (save_png(draw_adjacency(learned(), NODES), tmp_path / f"{i}.png").read_bytes() for i in (0, 1))
    assert first == second
