from dataclasses import replace

import numpy as np
import pytest
from tests.evaluation.test_map_correlations import EMOTIONS, UNITS, maps_of

from merflow.drawing.canvas import save_png
from merflow.evaluation.map_correlations import correlate_maps
from merflow.visualization.networks.activation import plot_activation
from merflow.visualization.results.map_correlations import plot_map_correlations


@pytest.fixture
def both():
    return {"units": maps_of(UNITS), "emotions": maps_of(EMOTIONS, seed=1)}


def drawn(both):
    return plot_map_correlations(correlate_maps(both), both, title="Activation maps (d)")


def titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def matrices(figure):
    return [axes for axes in figure.axes if len(axes.images) == 1]


def test_ours_stands_beside_the_printed_matrix_in_the_same_colours_with_numbers(both):
    ours, printed = matrices(figure := drawn(both))
    assert ours.images[0].get_clim() == printed.images[0].get_clim() == (-1, 1)
    assert [label.get_text() for label in ours.get_yticklabels()] == [
        label.get_text() for label in printed.get_yticklabels()
    ]
    table = correlate_maps(both)
    assert [text.get_text() for text in ours.texts] == [f"{value:.2f}" for value in table["ours"]]
    assert [text.get_text() for text in printed.texts] == [f"{value:.2f}" for value in table["printed"].dropna()]
    assert "It compares places only" in figure.texts[1].get_text()


def test_each_label_has_its_map_with_the_clips_behind_it(both):
    assert {"AU1, n 1", "AU45, n 5", "others, n 3"} <= set(titles(drawn(both)))
    both["units"].maps[1], both["units"].clips[1] = np.nan, 0
    figure = drawn(both)
    empty = figure.axes[titles(figure).index("AU4, n 0")]
    assert [text.get_text() for text in empty.texts] == ["no clip"]
    assert not empty.images


def test_labels_of_no_table_have_one_matrix():
    both = {"a": maps_of(("x", "y")), "b": maps_of(("z",), seed=1)}
    assert len(matrices(drawn(both))) == 1


def test_maps_of_one_experiment(both):
    units = both["units"]
    units.unlearnt[2] = 3
    figure = plot_activation(units, title="Activation maps of units (d)")
    panels = [axes for axes in figure.axes if len(axes.images) == 2]
    assert len(panels) == len(UNITS)
    assert {axes.images[1].get_clim() for axes in panels} == {(units.maps.min(), units.maps.max())}
    assert panels[0].images[0].get_array().shape == (56, 56)
    assert "Left out, since nothing tells them apart in training: 3 of AU6." in figure.texts[1].get_text()


def test_no_map_at_all_is_drawn_as_that(both):
    both["units"].maps[:], both["units"].clips[:] = np.nan, 0
    assert titles(plot_activation(both["units"])) == [f"{label}, n 0" for label in UNITS]


def test_same_maps_same_bytes(both, tmp_path):
    one, other = (save_png(drawn(both), tmp_path / name).read_bytes() for name in ("a.png", "b.png"))
    assert one == other


def test_maps_of_three_views_are_wide_and_two_in_a_row(both):
    one = both["units"]
    wide = replace(one, maps=np.tile(one.maps, 3), face=np.tile(one.face, (1, 3, 1)), views=3)
    figure = plot_activation(wide, title="Activation maps of units (d)")
    panels = [axes for axes in figure.axes if len(axes.images) == 2]
    assert len(panels) == len(UNITS)
    boxes = [axes.get_position() for axes in panels]
    assert len({round(box.x0, 3) for box in boxes}) == 2
    assert len({round(box.y0, 3) for box in boxes}) == -(-len(UNITS) // 2)
    width, height = figure.get_size_inches()
    assert boxes[0].width * width == pytest.approx(3 * boxes[0].height * height)
