import numpy as np

from merflow.artefacts import open_shard
from merflow.drawing.upstream import open_upstream
from merflow.stages.hoof.picture import LONGEST, draw_hoof, plot_hoof, ray_ends

CLIP = "sp9.1_a_10"


def test_rays_by_hand():
    mean = np.zeros((1, 1, 4))
    mean[0, 0, 0] = 0.5
    s = LONGEST * np.sin(np.pi / 8)
    c = LONGEST * np.cos(np.pi / 8)
    ends = ray_ends(mean, symmetric=True)[0, 0]
    np.testing.assert_allclose(ends[[0, 4]], [[s, -c], [-s, -c]], atol=1e-12)
    assert ends.shape == (8, 2)
    np.testing.assert_allclose(ray_ends(mean, symmetric=False)[0, 0, 0], LONGEST * np.array([1, -1]) / np.sqrt(2))
    assert not ray_ends(np.zeros((1, 1, 4)), symmetric=True).any()


def test_rays_start_in_the_middle_of_their_blocks_and_rows_are_the_histograms(results):
    with open_shard(results["hoof"], kind="hoof") as shard, open_upstream(shard) as upstream:
        figure, histogram = draw_hoof(shard, CLIP, upstream), shard.read(CLIP, "histogram")
    face, rows = [axes for axes in figure.axes if axes.images]
    np.testing.assert_allclose(rows.images[0].get_array(), histogram[0].reshape(25, -1), rtol=1e-6)
    (rays,) = [np.array(drawn.get_segments()) for drawn in face.collections]
    assert len(rays) == 25 * 2 * 30
    middles = [12.0, 37.5, 63.0, 88.5, 114.5]
    assert rays[::60, 0].tolist() == [[x, y] for y in middles for x in middles]
    np.testing.assert_allclose((rays[:, 1] - rays[:, 0]).sum(axis=0)[0], 0, atol=1e-9)  # as many to either side
    longest = np.linalg.norm(rays[:, 1] - rays[:, 0], axis=1).max()
    np.testing.assert_allclose(longest, LONGEST * 128 / 5)
    assert "frames 0 to 2" in figure.texts[1].get_text()


def test_several_pairs_are_drawn_as_their_mean():
    histogram = np.random.default_rng(0).random((3, 2, 2, 6))
    figure = plot_hoof(histogram, None, np.array([[0, 1], [1, 2], [2, 3]]), symmetric=False, title="t")
    (rows,) = [axes for axes in figure.axes if axes.images]
    np.testing.assert_allclose(rows.images[0].get_array(), histogram.mean(axis=0).reshape(4, 6))
    assert "mean of 3 pairs of frames" in figure.texts[1].get_text()
