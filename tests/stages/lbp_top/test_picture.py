import numpy as np
import pytest

from merflow.artefacts import open_shard
from merflow.drawing.upstream import open_upstream
from merflow.stages.lbp_top.moving import moving_share
from merflow.stages.lbp_top.patterns import moving_columns
from merflow.stages.lbp_top.picture import draw_lbp_top, plot_lbp_top
from merflow.stages.lbp_top.settings import LbpTopSettings

CLIP = "sp9.1_a_10"


def test_maps_show_what_changes_in_time_and_rows_are_the_histograms(results):
    with open_shard(results["lbp_top"], kind="lbp_top") as shard, open_upstream(shard) as upstream:
        figure, histogram = draw_lbp_top(shard, CLIP, upstream), shard.read(CLIP, "histogram")
    face, *maps = [axes for axes in figure.axes if axes.images]
    assert len(face.lines) == 2 * 4  # edges of five blocks, both ways
    for plane, axes in zip((1, 2), maps[:2], strict=True):
        expected = 100 * histogram[:, :, plane, moving_columns(8)].sum(axis=-1)
        np.testing.assert_allclose(axes.images[0].get_array(), expected, rtol=1e-5)
    for plane, axes in enumerate(maps[2:]):
        np.testing.assert_allclose(axes.images[0].get_array(), 100 * histogram[:, :, plane].reshape(25, -1), rtol=1e-6)


def test_the_mouth_that_moves_is_brightest(results):
    with open_shard(results["lbp_top"], kind="lbp_top") as shard:
        share = moving_share(shard.read(CLIP, "histogram")[:, :, 2], LbpTopSettings())
    row, column = np.unravel_index(np.argmax(share), share.shape)
    assert (row, column) in {(3, 1), (3, 2), (3, 3)}


@pytest.mark.parametrize("settings", [LbpTopSettings(patterns="all"), LbpTopSettings(neighbours=4)])
def test_columns_that_do_not_tell_are_said(settings):
    histogram = np.full((2, 2, 3, 256), 1 / 256)
    assert moving_share(histogram[:, :, 1], settings) is None
    figure = plot_lbp_top(histogram, None, settings, attrs={"n_frames": 5, "notes": ""}, title="t")
    assert "not summed up here" in " ".join(text.get_text() for axes in figure.axes for text in axes.texts)
