import numpy as np
import pytest

from merflow.artefacts import open_shard
from merflow.drawing.upstream import open_upstream
from merflow.stages.flow_images.images import flow_image, raw_values
from merflow.stages.flow_images.picture import MIN_RANGE_PERCENT, MIN_RANGE_PX, draw_flow_images, plot_flow_image
from merflow.stages.flow_images.settings import FlowImageSettings

CLIP = "sp9.1_a_10"
UNKNOWN = np.full((3, 2), np.nan)


def panels(figure):
    return {axes.get_title(loc="left"): axes for axes in figure.axes if axes.get_title(loc="left")}


def test_channels_in_units_and_as_the_network_sees_them(results):
    with open_shard(results["flow_images"], kind="flow_images") as shard, open_upstream(shard) as upstream:
        shown = panels(draw_flow_images(shard, CLIP, upstream))
        image, bounds = shard.read(CLIP, "image"), shard.read(CLIP, "range")
        onset = upstream["faces"].read(CLIP, "aligned_color")[0]
    assert list(shown) == [
        "aligned onset", "u", "v", "strain", "all three as red, green, blue", "u, scaled", "v, scaled",
        "strain, scaled",
    ]  # fmt: skip
    np.testing.assert_array_equal(shown["aligned onset"].images[0].get_array(), onset)
    u, v, strain = raw_values(image, bounds)
    for name, values in (("u", u), ("v", v), ("strain", 100 * strain)):
        np.testing.assert_allclose(shown[name].images[0].get_array(), values)
    for channel, name in enumerate(("u", "v", "strain")):
        panel = shown[f"{name}, scaled"].images[0]
        np.testing.assert_array_equal(panel.get_array(), image[..., channel])
        assert panel.get_clim() == (0, 1)
    extent = np.abs([u, v]).max()
    for name in ("u", "v"):
        assert shown[name].images[0].get_clim() == pytest.approx((-extent, extent))


def test_pixels_stay_squares():
    figure = plot_flow_image(np.random.default_rng(0).random((28, 28, 3)), UNKNOWN, None, title="t")
    for name in ("u, scaled", "v, scaled", "strain, scaled"):
        panel = panels(figure)[name].images[0]
        assert panel.get_array().shape == (28, 28)
        assert panel.get_interpolation() == "nearest"


def test_a_ready_picture_has_neither_units_nor_face_and_its_note_is_shown():
    figure = plot_flow_image(np.zeros((28, 28, 3)), UNKNOWN, None, notes="came as a ready picture", title="t")
    assert list(panels(figure)) == ["aligned onset", "u, scaled", "v, scaled", "strain, scaled"]
    assert panels(figure)["aligned onset"].texts[0].get_text() == "no faces artefact here"
    assert (
        figure.texts[1]
        .get_text()
        .endswith("What the network sees, each channel scaled into 0 to 1.\nCame as a ready picture.")
    )


def test_a_clip_without_motion_looks_like_one():
    made = flow_image(np.zeros((2, 64, 64)), FlowImageSettings())
    shown = panels(plot_flow_image(made.image, made.range, None, notes=made.notes, title="t"))
    assert shown["u"].images[0].get_clim() == (-MIN_RANGE_PX, MIN_RANGE_PX)
    assert shown["strain"].images[0].get_clim() == (0, MIN_RANGE_PERCENT)
    assert np.ptp(shown["u"].images[0].get_array()) == 0
