import matplotlib
import numpy as np

from merflow.drawing.canvas import (
    add_panel,
    colour_bar,
    fill_colour_bar,
    house_style,
    new_figure,
    open_axes,
    save_png,
    show_absent,
    show_image,
    styled,
)


def picture():
    with house_style():
        figure = new_figure("title", "subtitle", width_in=4, height_in=4)
        axes = add_panel(figure, (0.5, 1.0, 2.0, 2.0))
        shown = show_image(axes, np.array([[0.0, np.nan], [1.0, 2.0]]), "map", cmap="RdBu", limits=(0, 2))
        colour_bar(axes, shown, "dz, mm")
    return figure


def test_the_same_figure_gives_the_same_bytes(tmp_path, monkeypatch):
    first = save_png(picture(), tmp_path / "a.png").read_bytes()
    monkeypatch.setitem(matplotlib.rcParams, "font.size", 30.0)
    monkeypatch.setitem(matplotlib.rcParams, "axes.facecolor", "red")
    assert save_png(picture(), tmp_path / "b.png").read_bytes() == first
    assert b"Software" not in first


def test_a_missing_value_is_grey_and_the_bar_carries_the_unit():
    figure = picture()
    image = figure.axes[0].images[0]
    assert image.get_clim() == (0, 2)
    np.testing.assert_allclose(
        image.to_rgba(image.get_array())[0, 1, :3], np.array([0xC9, 0xCD, 0xD2]) / 255, atol=0.01
    )
    assert figure.axes[0].child_axes[0].get_ylabel() == "dz, mm"


def test_panels_lie_where_they_were_put():
    figure = new_figure("t", "s", width_in=10, height_in=5)
    box = add_panel(figure, (1.0, 2.0, 4.0, 2.0)).get_position()
    np.testing.assert_allclose([box.x0, box.y0, box.width, box.height], [0.1, 0.2, 0.4, 0.4])


def test_a_users_settings_are_left_as_they_were():
    before = dict(matplotlib.rcParams)

    @styled
    def draw():
        return matplotlib.rcParams["font.size"]

    assert draw() == 9
    assert dict(matplotlib.rcParams) == before


def test_a_panel_without_data_says_why():
    axes = new_figure("t", "s", width_in=3, height_in=3).add_subplot()
    show_absent(axes, "depth", "this dataset has no depth")
    assert [text.get_text() for text in axes.texts] == ["this dataset has no depth"]


def test_a_colour_bar_is_opaque_where_the_picture_is_not():
    figure = new_figure("t", "s", width_in=4, height_in=4)
    shown = add_panel(figure, (0.5, 1, 2, 2)).imshow(np.eye(2), alpha=0.4)
    panel = add_panel(figure, (3, 1, 0.1, 2))
    fill_colour_bar(panel, shown, "attention")
    assert panel.get_ylabel() == "attention"
    assert [mesh.get_alpha() for mesh in panel.collections if mesh.get_array() is not None] == [1]
    assert shown.get_alpha() == 0.4


def test_open_axes_keep_the_lines_that_values_are_read_by():
    figure = new_figure("t", "s", width_in=4, height_in=4)
    both, rows = figure.add_subplot(211), figure.add_subplot(212)
    open_axes(both)
    open_axes(rows, grid="x", left=False)
    assert [side for side, line in both.spines.items() if line.get_visible()] == ["left", "bottom"]
    assert [side for side, line in rows.spines.items() if line.get_visible()] == ["bottom"]
    lines = [[axis.get_gridlines()[0].get_visible() for axis in (axes.xaxis, axes.yaxis)] for axes in (both, rows)]
    assert lines == [[True, True], [True, False]]
    assert both.get_axisbelow() is True
