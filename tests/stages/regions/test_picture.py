import numpy as np
from matplotlib.figure import Figure

from merflow.stages.regions.face_regions import REGION_NAMES
from merflow.stages.regions.picture import REGION_COLOURS, plot_regions, show_channels, show_counts
from merflow.visualization.clips.overview import show_network_input


def test_eight_different_colours():
    assert len(set(REGION_COLOURS)) == len(REGION_NAMES) == 8


def test_motion_channels_are_red_green_blue_and_reverse_is_black():
    motion = np.zeros((8, 1, 3))
    motion[0, 0], motion[1, 0], motion[2, 0], motion[3, 0] = (1.5, 0, 0), (0, 1.5, 0), (0, 0, 0.5), (-2, -2, -1)
    axes = Figure().add_subplot()
    show_channels(axes, motion, np.full((8, 1, 2), 5.0), None, "t")
    colours = axes.collections[0].get_facecolors()[:4, :3]
    np.testing.assert_allclose(colours, [(1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0)])


def test_a_region_with_too_few_points_is_marked():
    axes = Figure().add_subplot()
    show_counts(axes, np.array([2000, 1100, 1024, 1500, 3000, 1200, 900, 1600]), 1024)
    labels = [text.get_text() for text in axes.texts]
    assert [name for name, label in zip(REGION_NAMES, labels, strict=True) if "repeats" in label] == ["left brow"]
    assert axes.lines[0].get_xdata()[0] == 1024


def test_the_picture_states_how_many_points():
    figure = plot_regions(np.zeros((8, 16, 6)), np.full((8, 16, 2), 3.0), np.arange(8), None, title="t")
    assert "16 points of each region" in figure.texts[1].get_text()


def test_network_input_keeps_regions_and_channels_in_order():
    normalised = np.zeros((8, 4, 3))
    normalised[5, :, 2] = 0.7
    axes = Figure().add_subplot()
    show_network_input(axes, normalised, "t")
    image = np.ma.getdata(axes.images[0].get_array())
    assert np.flatnonzero((image == 0.7).all(axis=1)).tolist() == [4 * 5 + 2]
