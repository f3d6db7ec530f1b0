"""Flow images: averaged without loss of the mean, scaled so that raw values come back, made or read clip by clip."""

import cv2
import numpy as np
import pytest

from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.flow_images.clip import clip_of_picture
from merflow.errors import BadClipError, ConfigError
from merflow.stages.flow_images.images import area_average, flow_image, raw_values, scale_channels
from merflow.stages.flow_images.ready import read_flow_image
from merflow.stages.flow_images.settings import FlowImageSettings
from merflow.stages.flow_images.stage import import_flow_images, make_flow_images
from merflow.stages.flow_images.strain import optical_strain

RNG = np.random.default_rng(7)
SMALL = FlowImageSettings(size_px=28)


@pytest.mark.parametrize(("shape", "size"), [((256, 256), 28), ((224, 224), 28), ((30, 41), 28), ((28, 28), 28)])
def test_averaging_keeps_the_mean_and_is_what_opencv_does(shape, size):
    field = RNG.normal(size=shape)
    averaged = area_average(field, size)
    assert averaged.shape == (size, size)
    assert averaged.mean() == pytest.approx(field.mean(), abs=1e-12)
    np.testing.assert_allclose(averaged, cv2.resize(field, (size, size), interpolation=cv2.INTER_AREA), atol=1e-6)


def test_averaging_by_hand():
    # 3 px to 2: the middle one belongs to both halves.
    field = np.tile([0.0, 3.0, 9.0], (3, 1))
    np.testing.assert_allclose(area_average(field, 2), [[1.0, 7.0], [1.0, 7.0]])
    np.testing.assert_allclose(area_average(field.T, 2), [[1.0, 1.0], [7.0, 7.0]])


@pytest.mark.parametrize("scaling", ["minmax", "symmetric"])
def test_raw_values_come_back(scaling):
    flow = RNG.normal(size=(2, 64, 64))
    made = flow_image(flow, FlowImageSettings(size_px=9, scaling=scaling))
    assert made.image.dtype == made.range.dtype == np.float32
    assert made.image.min() >= 0
    assert made.image.max() <= 1
    expected = [area_average(field, 9) for field in (*flow, optical_strain(flow))]
    np.testing.assert_allclose(raw_values(made.image, made.range), expected, atol=1e-6)
    assert made.notes == ""


def test_minmax_takes_each_channel_to_both_ends():
    image = flow_image(RNG.normal(size=(2, 64, 64)), SMALL).image
    np.testing.assert_array_equal(image.min(axis=(0, 1)), 0)
    np.testing.assert_array_equal(image.max(axis=(0, 1)), 1)


def test_symmetric_leaves_rest_at_a_half_and_directions_as_they_are():
    values = np.zeros((3, 4, 4))
    values[0, 0, 0], values[1, 1, 1], values[2, 2, 2] = 3.0, -4.0, 0.5
    made = scale_channels(values, scaling="symmetric")
    np.testing.assert_array_equal(made.range, [[-4, 4], [-4, 4], [0, 0.5]])
    # By hand: rest (0 + 4) / 8, u 7 / 8, v 0 / 8.
    assert (made.image[3, 3, :2] == 0.5).all()
    assert (made.image[0, 0, 0], made.image[1, 1, 1], made.image[2, 2, 2]) == (0.875, 0.0, 1.0)


def test_strain_is_taken_before_the_picture_shrinks():
    # A fine wave: its average moves nothing, its strain stays.
    wave = np.tile(np.sin(np.arange(112) * np.pi / 2), (112, 1))
    made = flow_image(np.stack([wave, np.zeros_like(wave)]), SMALL)
    u, _, strain = raw_values(made.image, made.range)
    assert np.abs(u).max() < 0.01
    assert strain.min() > 0.4


@pytest.mark.parametrize(("scaling", "rest"), [("minmax", (0, 0, 0)), ("symmetric", (0.5, 0.5, 0))])
def test_a_clip_without_motion_is_constant_and_noted(scaling, rest):
    made = flow_image(np.zeros((2, 64, 64)), FlowImageSettings(scaling=scaling))
    np.testing.assert_array_equal(made.image, np.broadcast_to(np.float32(rest), (28, 28, 3)))
    assert made.notes == "no range to scale by in u, v, strain: constant"
    np.testing.assert_array_equal(raw_values(made.image, made.range), 0)


def test_rounding_in_the_average_of_a_constant_is_no_range():
    flow = np.full((2, 256, 256), 0.1, dtype=np.float16)
    flow[1] = np.linspace(-1, 1, 256)
    made = flow_image(flow, SMALL)
    assert (made.image[..., 0] == 0).all()
    assert made.notes == "no range to scale by in u: constant"
    np.testing.assert_allclose(raw_values(made.image, made.range)[0], flow[0, 0, 0], rtol=1e-6)


def test_a_picture_larger_than_the_flow_is_refused():
    with pytest.raises(ConfigError, match=r"flow_images\.size_px: expected at most 16 px.*found 28"):
        flow_image(np.zeros((2, 16, 16)), SMALL)


def identity(kind):
    return {
        "kind": kind, "variant": "v", "dataset": "demo", "subject": "s1", "params": {}, "code": "", "inputs": {},
    }  # fmt: skip


@pytest.fixture
def flow_shard(tmp_path):
    """Two clips, the head's motion a shift, and one that an earlier stage left out."""
    path = tmp_path / "flow.h5"
    head = np.array([[0.0, 0.0, 5.0], [0.0, 0.0, 0.0]])
    with ShardWriter(path, **identity("flow")) as shard:
        for clip in ("s1_a_1", "s1_b_2"):
            expression = RNG.normal(0, 0.3, (2, 56, 56))
            total = expression + head[:, 2, None, None]
            shard.add(clip, {"flow": total, "expression_flow": expression, "head_motion": head})
        shard.exclude("s1_c_3", stage="faces", reason="no face", source="c/1.jpg")
    return path


def made_from(flow_shard, out, settings=SMALL):
    with open_shard(flow_shard, kind="flow") as flow, ShardWriter(out, **identity("flow_images")) as shard:
        make_flow_images(flow, settings, shard=shard)
    return out


def test_every_clip_of_the_flow_becomes_a_picture_and_earlier_reasons_are_kept(flow_shard, tmp_path):
    out = made_from(flow_shard, tmp_path / "images.h5")
    assert out.read_bytes() == made_from(flow_shard, tmp_path / "again.h5").read_bytes()
    with open_shard(out, kind="flow_images") as shard, open_shard(flow_shard, kind="flow") as flow:
        assert shard.clips == ["s1_a_1", "s1_b_2"]
        assert [(row["clip"], row["stage"]) for row in shard.exclusions] == [("s1_c_3", "faces")]
        expected = flow_image(flow.read("s1_a_1", "expression_flow"), SMALL)
        np.testing.assert_array_equal(shard.read("s1_a_1", "image"), expected.image)
        np.testing.assert_array_equal(shard.read("s1_a_1", "range"), expected.range)


def test_total_motion_has_the_head_in_it(flow_shard, tmp_path):
    expression = made_from(flow_shard, tmp_path / "expression.h5")
    total = made_from(flow_shard, tmp_path / "total.h5", FlowImageSettings(motion="total"))
    with open_shard(expression, kind="flow_images") as without, open_shard(total, kind="flow_images") as with_head:
        shift = with_head.read("s1_a_1", "range") - without.read("s1_a_1", "range")
    np.testing.assert_allclose(shift, [[5, 5], [0, 0], [0, 0]], atol=5e-3)  # float16 at 5 px


PICTURE = RNG.integers(0, 256, (28, 28, 3), dtype=np.uint8)
"""u, v, strain."""


def write(path, picture):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    return path


@pytest.mark.parametrize("channels", ["rgb", "bgr"])
def test_channels_are_read_in_the_order_that_they_were_written_in(channels, tmp_path):
    stored = PICTURE[..., ::-1] if channels == "rgb" else PICTURE  # OpenCV writes blue first
    image = read_flow_image(write(tmp_path / "a.png", stored), size_px=28, channels=channels)
    assert image.dtype == np.float32
    np.testing.assert_array_equal(np.rint(image * 255).astype(np.uint8), PICTURE)
    assert image.max() <= 1


@pytest.mark.parametrize(
    ("picture", "found"),
    [
        (np.zeros((30, 28, 3), np.uint8), "28x30 px, 8 bits, 3 channels"),
        (np.zeros((28, 28), np.uint8), "28x28 px, 8 bits, 1 channel: grey"),
        (np.zeros((28, 28, 4), np.uint8), "28x28 px, 8 bits, 4 channels: with transparency"),
        (np.zeros((28, 28, 3), np.uint16), "28x28 px, 16 bits, 3 channels"),
    ],
)
def test_pictures_of_another_kind_are_refused_with_both(picture, found, tmp_path):
    path = write(tmp_path / "a.png", picture)
    with pytest.raises(BadClipError, match=f"expected a flow image of 28x28 px, 8 bits, 3 channels, found {found}"):
        read_flow_image(path, size_px=28, channels="rgb")


def test_a_picture_of_one_value_is_refused(tmp_path):
    path = write(tmp_path / "a.png", np.full((28, 28, 3), (127, 120, 0), np.uint8))
    with pytest.raises(BadClipError, match="expected a flow image, found one value in each channel: no motion"):
        read_flow_image(path, size_px=28, channels="rgb")


def ready_clips(*names):
    return [
        clip_of_picture("ready", subject="s1", video=name, emotion="positive", color=f"s1/{name} .png")
        for name in names
    ]


def imported(root, out, **options):
    with ShardWriter(out, **identity("flow_images")) as shard:
        import_flow_images(ready_clips("a", "b", "c"), root=root, size_px=28, channels="bgr", shard=shard, **options)
    return out


def test_ready_pictures_are_taken_as_they_are_and_bad_ones_listed(tmp_path):
    write(tmp_path / "s1" / "a .png", PICTURE)
    write(tmp_path / "s1" / "b .png", PICTURE[:20])
    out = imported(tmp_path, tmp_path / "images.h5")
    with open_shard(out, kind="flow_images") as shard:
        assert shard.clips == ["s1_a_0"]
        np.testing.assert_array_equal(np.rint(shard.read("s1_a_0", "image") * 255), PICTURE)
        assert np.isnan(shard.read("s1_a_0", "range")).all()
        assert [(row["clip"], row["stage"], row["source"]) for row in shard.exclusions] == [
            ("s1_b_0", "flow_images", "s1/b .png"),
            ("s1_c_0", "flow_images", "s1/c .png"),
        ]
        assert "found 28x20 px" in shard.exclusions[0]["reason"]
        assert "found no such file" in shard.exclusions[1]["reason"]


def test_a_bad_picture_can_stop_the_run(tmp_path):
    write(tmp_path / "s1" / "a .png", PICTURE)
    write(tmp_path / "s1" / "b .png", PICTURE[..., 0])
    with pytest.raises(BadClipError, match=r"s1_b_0: expected a flow image.*1 channel"):
        imported(tmp_path, tmp_path / "images.h5", on_bad_clip="fail")
    assert not (tmp_path / "images.h5").exists()
