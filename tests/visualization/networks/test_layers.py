import numpy as np
import pytest
from matplotlib.colors import to_rgb
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_limits

from merflow.drawing.canvas import save_png
from merflow.visualization.networks.layers import CLASS_COLOURS, LayerClips, plot_layers, silhouettes, tsne_map

CLASSES = ("negative", "positive")
LABELS = np.tile([0, 0, 1], 8)
LEFT_OUT = np.arange(24) >= 18


def blobs(distance, seed=0):
    """Features (24, 6) of two classes whose centres are `distance` standard deviations apart."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(24, 6)) + distance * (LABELS == 1)[:, None] * np.eye(6)[0]).astype(np.float32)


def clips(distances=(0, 20)):
    return LayerClips([blobs(distance) for distance in distances], LABELS, LEFT_OUT)


@pytest.fixture(scope="module")
def figure():
    return plot_layers({"without": clips(), "with": clips((0, 5, 20))}, CLASSES, left_out="s4")


def test_rows_are_networks_and_columns_are_layers(figure):
    titles = [axes.get_title(loc="left").split(":")[0] for axes in figure.axes]
    assert titles == ["input", "layer 1", "input", "layer 1", "layer 2"]
    tops = [round(axes.get_position().y1, 6) for axes in figure.axes]
    assert tops[0] == tops[1] > tops[2] == tops[3] == tops[4]
    assert {"without", "with"} <= {text.get_text() for text in figure.texts}
    assert "clips of s4" in figure.texts[1].get_text()


def test_clips_left_out_are_rings_in_the_colour_of_their_class(figure):
    dots, rings, *_ = figure.axes[1].collections
    negative = LABELS == 0
    assert len(dots.get_offsets()) == (negative & ~LEFT_OUT).sum()
    assert len(rings.get_offsets()) == (negative & LEFT_OUT).sum()
    assert len(rings.get_facecolors()) == 0
    assert tuple(rings.get_edgecolors()[0][:3]) == to_rgb(CLASS_COLOURS[0])
    assert [text.get_text() for text in figure.axes[1].get_legend().get_texts()] == list(CLASSES)


def test_map_keeps_neighbours():
    features = blobs(20)
    found = KNeighborsClassifier(1).fit(tsne_map(features)[::2], LABELS[::2]).predict(tsne_map(features)[1::2])
    np.testing.assert_array_equal(found, LABELS[1::2])


def test_map_is_the_same_whatever_the_number_of_threads():
    with threadpool_limits(1):
        one = tsne_map(blobs(3))
    with threadpool_limits(2):
        np.testing.assert_array_equal(tsne_map(blobs(3)), one)


def test_map_of_few_clips():
    assert tsne_map(blobs(3)[:5]).shape == (5, 2)
    with pytest.raises(ValueError, match=r"at least 5 clips .* got 4"):
        tsne_map(blobs(3)[:4])
    with pytest.raises(ValueError, match="at least one network"):
        plot_layers({}, CLASSES, left_out="s4")


def test_silhouette_by_hand():
    """On a line: class 0 at 0, 1 and 9, class 1 at 10 and 12; left out is the clip at 9."""
    features, labels = np.array([[0.0], [1], [9], [10], [12]]), np.array([0, 0, 0, 1, 1])
    found = silhouettes(features, LayerClips([], labels, np.array([0, 0, 1, 0, 0], dtype=bool)))
    # a: mean distance to the own class, b: to the other; (b - a) / max(a, b)
    assert found["left out"] == pytest.approx((2 - 8.5) / 8.5)
    at_0, at_1 = (11 - 5) / 11, (10 - 4.5) / 10
    at_10, at_12 = (20 / 3 - 2) / (20 / 3), (26 / 3 - 2) / (26 / 3)
    assert found["trained"] == pytest.approx(np.mean([at_0, at_1, at_10, at_12]))


def test_silhouette_is_of_the_features_and_stands_in_the_title(figure):
    values = silhouettes(blobs(20), clips())
    assert values["trained"] > 0.6 > 0.2 > silhouettes(blobs(0), clips())["trained"]
    assert figure.axes[1].get_title(loc="left") == (
        f"layer 1: trained {values['trained']:+.2f}, left out {values['left out']:+.2f}"
    )


def test_one_class_has_no_silhouette():
    alone = LayerClips([blobs(0)], np.zeros(24, dtype=np.int64), LEFT_OUT)
    assert all(np.isnan(value) for value in silhouettes(blobs(0), alone).values())
    nobody = LayerClips([blobs(0)], LABELS, np.zeros(24, dtype=bool))
    assert np.isnan(silhouettes(blobs(0), nobody)["left out"])


def test_same_numbers_give_the_same_bytes(tmp_path):
    network = {"x": clips((3,))}
    first, second = (
        save_png(plot_layers(network, CLASSES, left_out="s4"), tmp_path / f"{i}.png").read_bytes() for i in (0, 1)
    )
    assert first == second
