"""Dynamic images: holes, levels, what a shard holds, which clips are left out, examples and their copies."""

import numpy as np
import pytest

from merflow.artefacts import ShardWriter, open_shard
from merflow.errors import ConfigError
from merflow.stages.dynamic_images.pooling import interpolated_in_time, pooled, stream_of
from merflow.stages.dynamic_images.rank_pooling import rank_pooled
from merflow.stages.dynamic_images.settings import DynamicImageSettings, EulerianSettings, check_source
from merflow.stages.dynamic_images.sources import views_of_projections, views_of_sequence
from merflow.stages.dynamic_images.stage import make_dynamic_images
from merflow.stages.examples import features_of

RNG = np.random.default_rng(0)
VIEWS, FRAMES, SIDE = 3, 7, 24
PLACES = [6, 12, 18]
"""Column of the bulge in each view; it comes towards the viewer."""

MAGNIFY = EulerianSettings(factor=10.0)
MINMAX = DynamicImageSettings(scaling="minmax", saturated=0.0)


def projected(frames=FRAMES, *, texture=True):
    """Depth, its levels and texture of a square face that a bulge appears on, in each view at another place."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    bulge = np.stack([np.exp(-((rows - 8) ** 2 + (columns - place) ** 2) / 8.0) for place in PLACES])
    course = np.hanning(frames)[:, None, None, None]
    depth = 20.0 + 0.1 * columns + 2 * course * bulge
    depth += RNG.normal(0, 0.05, depth.shape)
    depth[..., :3], depth[..., -3:] = np.nan, np.nan
    depth[frames // 2, 1, 10, 10] = np.nan
    depth = depth.reshape(-1, SIDE, SIDE)
    grey = np.nan_to_num(depth * 5).astype(np.uint8)
    arrays = {"depth": depth, "enhanced": np.nan_to_num(depth * 100).astype(np.uint16), "covered": np.ones(len(depth))}
    if texture:
        arrays["texture"] = np.repeat(grey[..., None], 3, axis=-1)
    attrs = {"yaws": [-45.0, 0.0, 45.0], "mm_per_px": 3.0, "frames": list(range(frames)), "fps": 60.0, "apex": 3}
    return arrays, attrs | {"notes": ""}


def write(path, kind, fill):
    with ShardWriter(path, kind=kind, variant="v", dataset="d", subject="S01", params={}, code="", inputs={}) as writer:
        fill(writer)
    return path


def made(folder, clips, settings):
    """Write dynamic images of clips; return the file."""

    def add(shard):
        for name, clip in clips.items():
            shard.add(name, *clip)

    source = write(folder / "p.h5", "projections", add)

    def fill(shard):
        with open_shard(source, kind="projections") as file:
            make_dynamic_images(file, views_of_projections, settings, shard=shard)

    return write(folder / "d.h5", "dynamic_images", fill)


@pytest.fixture(scope="module")
def clip():
    return projected()


@pytest.fixture(scope="module")
def shard_path(tmp_path_factory, clip):
    return made(tmp_path_factory.mktemp("dynamic"), {"a": clip}, DynamicImageSettings(magnification=MAGNIFY))


def test_gaps_in_time_are_those_of_numpy():
    values, there = RNG.normal(size=(9, 40)), RNG.random((9, 40)) < 0.5
    there[RNG.integers(9, size=40), np.arange(40)] = True
    found = interpolated_in_time(np.where(there, values, np.nan), there)
    for column, seen, got in zip(values.T, there.T, found.T, strict=True):
        np.testing.assert_allclose(got, np.interp(np.arange(9), np.flatnonzero(seen), column[seen]), atol=1e-12)


def test_a_pixel_that_too_few_frames_see_shows_no_change(clip):
    depth = clip[0]["depth"][::VIEWS].copy()
    depth[:4, 5, 5] = np.nan
    stream = stream_of([depth], np.isfinite(depth), seen_share=0.5)
    assert not stream.seen[5, 5]
    assert stream.seen[5, 6]
    image = pooled(stream, DynamicImageSettings(domains=("depth",))).image[..., 0]
    assert image[5, 5] == 128
    assert (image[:, :3] == 128).all()
    assert stream_of([depth], np.isfinite(depth), seen_share=0.4).seen[5, 5]


@pytest.mark.parametrize("scaling", ["minmax", "symmetric"])
def test_levels_and_range_give_the_pooled_values_back(clip, scaling):
    depth = clip[0]["depth"][1::VIEWS]
    stream = stream_of([depth], np.isfinite(depth), seen_share=0.5)
    found = pooled(stream, DynamicImageSettings(domains=("depth",), scaling=scaling, saturated=0.0))
    low, high = found.range[0]
    values = low + found.image[..., 0] / 255 * (high - low)
    expected = np.where(stream.seen, rank_pooled(stream.domains[0], "approximate"), 0)
    np.testing.assert_allclose(values, expected, atol=(high - low) / 510 * 1.001)
    assert {0, 255} & set(np.unique(found.image))
    if scaling == "symmetric":
        assert low == -high
    else:
        assert {0, 255} <= set(np.unique(found.image))


def test_saturated_pixels_leave_the_levels_to_the_others():
    stack = np.zeros((2, 10, 10))
    stack[1] = np.linspace(-1, 1, 100).reshape(10, 10)
    stack[1, 0, 0] = 1000.0
    stream = stream_of([stack], np.isfinite(stack), seen_share=1.0)
    plain, cut = (
        pooled(stream, DynamicImageSettings(domains=("depth",), scaling="minmax", saturated=share))
        for share in (0.0, 0.02)
    )
    assert len(np.unique(plain.image)) <= 3
    assert len(np.unique(cut.image)) > 90


def test_a_clip_that_does_not_change_is_0_everywhere():
    stack = np.full((4, 6, 6), 3.0)
    found = pooled(stream_of([stack], np.isfinite(stack), seen_share=1.0), MINMAX)
    assert not found.image.any()
    assert not found.range.any()


def test_a_shard_holds_a_picture_of_each_view_and_domain(shard_path, clip):
    with open_shard(shard_path, kind="dynamic_images") as shard:
        image, attrs = shard.read("a", "image"), shard.attrs("a")
        assert image.shape == shard.read("a", "magnified").shape == (VIEWS, SIDE, SIDE, 3)
        assert list(attrs["domains"]) == ["depth", "enhanced", "texture"]
        assert int(attrs["n_frames"]) == FRAMES
        assert attrs["passed_hz"] == pytest.approx([0.49, 4.99], abs=0.01)
        assert shard.read("a", "seen") == pytest.approx([18 / 24] * VIEWS)
        assert shard.read("a", "filled") == pytest.approx([0, 1 / (18 * 24 * FRAMES), 0], abs=1e-6)
        for view in range(VIEWS):
            assert (image[view, 8, PLACES, 0] > 240).tolist() == [place == PLACES[view] for place in PLACES]
        ratio = shard.read("a", "magnified_range")[0, 0, 1] / shard.read("a", "range")[0, 0, 1]
        assert 2 < ratio < 11


def test_examples_are_the_pictures_and_copies_are_the_magnified_ones(shard_path, clip, tmp_path):
    features = features_of("dynamic_images")
    with open_shard(shard_path, kind="dynamic_images") as shard:
        np.testing.assert_array_equal(features.read(shard, "a"), shard.read("a", "image"))
        np.testing.assert_array_equal(features.read_copies(shard, "a"), shard.read("a", "magnified")[None])
    with open_shard(made(tmp_path, {"a": clip}, DynamicImageSettings()), kind="dynamic_images") as shard:
        assert features.read_copies(shard, "a").shape == (0, VIEWS, SIDE, SIDE, 3)
        assert not shard.has("a", "magnified")
        assert not len(shard.attrs("a")["passed_hz"])


def test_clips_that_cannot_be_pooled_are_left_out_with_what_to_do(tmp_path, clip):
    unseen = projected()
    unseen[0]["depth"][2::VIEWS] = np.nan
    clips = {"good": clip, "bare": projected(texture=False), "short": projected(1), "unseen": unseen}
    with open_shard(made(tmp_path, clips, DynamicImageSettings()), kind="dynamic_images") as shard:
        assert list(shard.clips) == ["good"]
        reasons = {row["clip"]: row["reason"] for row in shard.exclusions}
    assert "Set dynamic_images.domains to [depth, enhanced]" in reasons["bare"]
    assert "expected two frames or more" in reasons["short"]
    assert "the 7 frames see at a yaw of 45 degrees, found none" in reasons["unseen"]
    with open_shard(made(tmp_path, clips, DynamicImageSettings(domains=("depth",))), kind="dynamic_images") as shard:
        assert shard.read("bare", "image").shape == (VIEWS, SIDE, SIDE, 1)


@pytest.mark.parametrize(
    "wrong",
    [{"domains": ()}, {"domains": ("depth", "depth")}, {"domains": ("grey",)}, {"method": "mean"}, {"scaling": "log"},
     {"seen_share": 0.0}, {"saturated": 0.5}],
)  # fmt: skip
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ConfigError, match=f"dynamic_images.{next(iter(wrong))}: expected"):
        DynamicImageSettings(**wrong)


@pytest.mark.parametrize("wrong", [{"factor": -1.0}, {"slow": 0.0}, {"fast": 0.05}, {"levels": 0}, {"cutoff_px": -1.0}])
def test_impossible_magnification_is_refused(wrong):
    with pytest.raises(ConfigError, match=f"dynamic_images.magnification.{next(iter(wrong))}: expected"):
        EulerianSettings(**wrong)


@pytest.fixture(scope="module")
def sequences(tmp_path_factory):
    """A sequence of five frames and one that pads them; its green rises and falls again at one pixel."""
    frames = np.full((6, 8, 8, 3), 100, dtype=np.uint8)
    frames[:5, 2, 3, 1] += np.array([0, 10, 30, 20, 5], dtype=np.uint8)
    frames[5] = frames[4]
    arrays = {"onset_color": frames[0], "difference": frames[1:].astype(np.int16) - frames[0]}
    attrs = {"apex": 2, "n_frames": 5, "recorded": [10, 12, 14, 15, 16], "fps": 60.0, "notes": "as told"}
    arrays["position"] = np.array([10, 12, 14, 15, 16, 16.0])
    path = tmp_path_factory.mktemp("sequences") / "s.h5"
    return write(path, "sequences", lambda shard: shard.add("a", arrays, attrs)), frames


def test_a_sequence_has_one_view_whose_colours_are_pooled_without_its_padding(sequences, tmp_path):
    path, frames = sequences
    settings = DynamicImageSettings(domains=("green", "texture", "red"), saturated=0.0, magnification=MAGNIFY)

    def fill(shard):
        with open_shard(path, kind="sequences") as file:
            make_dynamic_images(file, views_of_sequence, settings, shard=shard)

    with open_shard(write(tmp_path / "d.h5", "dynamic_images", fill), kind="dynamic_images") as shard:
        image, limits, attrs = shard.read("a", "image"), shard.read("a", "range"), shard.attrs("a")
        assert image.shape == shard.read("a", "magnified").shape == (1, 8, 8, 3)
        assert [*attrs["yaws"], int(attrs["n_frames"])] == [0.0, 5]
        expected = rank_pooled(frames[:5, ..., 1], "approximate")[2, 3]
        assert limits[0, 0].tolist() == pytest.approx([-abs(expected), abs(expected)])
        assert image[0, 2, 3, 0] == (255 if expected > 0 else 0)
        assert limits[0, 1, 1] == pytest.approx(0.587 * abs(expected), rel=0.03)  # of the luma, as Rec. 601 has it
        assert not image[..., 2].any()
        assert attrs["passed_hz"][1] == pytest.approx(4.99 * 40 / 60, abs=0.01)  # 4 steps in 6 frames of 60 a second
        assert attrs["notes"] == "as told; steps in time of 1 to 2 frames, pooled as if they were equal"


def test_depth_of_a_sequence_is_refused_before_anything_is_computed():
    check_source(DynamicImageSettings(), "projections")
    check_source(DynamicImageSettings(domains=("texture",)), "sequences")
    with pytest.raises(ConfigError, match="expected some of texture, red, green, blue of sequences, but"):
        check_source(DynamicImageSettings(), "sequences")


def test_projections_of_frames_with_gaps_say_that_they_are_pooled_as_if_they_were_even(clip, tmp_path):
    arrays, attrs = clip
    gap = {**attrs, "frames": [*attrs["frames"][:-1], attrs["frames"][-1] + 3], "notes": "as told"}
    with open_shard(made(tmp_path, {"a": clip, "b": (arrays, gap)}, MINMAX), kind="dynamic_images") as shard:
        assert shard.attrs("a")["notes"] == ""
        assert shard.attrs("b")["notes"] == "as told; steps in time of 1 to 4 frames, pooled as if they were equal"


def test_projections_have_the_colours_of_their_texture(clip, tmp_path):
    with open_shard(
        made(tmp_path, {"a": clip}, DynamicImageSettings(domains=("red", "depth"))), kind="dynamic_images"
    ) as shard:
        image = shard.read("a", "image")
    with open_shard(
        made(tmp_path, {"a": clip}, DynamicImageSettings(domains=("texture", "depth"))), kind="dynamic_images"
    ) as shard:
        np.testing.assert_array_equal(image, shard.read("a", "image"))  # the texture is grey
