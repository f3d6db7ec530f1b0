"""The sequences stage on tiny recordings whose every frame is known, and on what a dataset can bring."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.clip import Clip
from merflow.datasets.reading.clip_frames import frame_hashes
from merflow.errors import BadClipError
from merflow.landmarks.alignment import transform_points, warp_aligned
from merflow.stages.sequences.frames import sequence_frames
from merflow.stages.sequences.reading import scaled_transform
from merflow.stages.sequences.settings import SequenceSettings
from merflow.stages.sequences.stage import frames_to_read, make_sequences

ALIGNED, SIDE = 64, 96
MATRIX = np.array([[0.7, 0.02, -1.0], [-0.02, 0.7, -2.0]])
"""Full frame to aligned px."""
IDENTITY = {"variant": "v", "dataset": "demo", "subject": "1", "params": {}, "code": "", "inputs": {}}
BASE = Clip("demo", "1", "a", "A", "micro", 10, 13, 16, 30.0, "4", "anger", "I", "a/color", "", "")
FAST = replace(BASE, onset=100, apex=120, offset=140, fps=200.0)
LENGTHY = SequenceSettings(length=7, size_px=32)


def recorded(number):
    """Return a smooth textured frame, a sum of waves, that moves right by 0.3 px a frame and fades a little."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:SIDE, :SIDE] - np.array([0, 0.3 * (number - 10)])[:, None, None]
    waves = [np.sin(fy * y + fx * x + phase) for fy, fx, phase in rng.uniform((-0.6, -0.6, 0), (0.6, 0.6, 6), (24, 3))]
    texture = np.stack([np.sum(waves[channel::3], axis=0) for channel in range(3)], axis=-1)
    return np.clip(np.rint(128 + 15 * texture - (number - 10)), 0, 255).astype(np.uint8)


def write_frame(root, clip, number, image=None):
    folder = root / clip.color
    folder.mkdir(parents=True, exist_ok=True)
    image = recorded(number) if image is None else image
    assert cv2.imwrite(str(folder / f"{number}.png"), image[..., ::-1])


def landmarks():
    points = np.random.default_rng(0).uniform(20, 44, (68, 2))
    angle = np.linspace(np.pi, 0, 17)
    points[:17] = np.column_stack([32 + 24 * np.cos(angle), 28 + 28 * np.sin(angle)])
    points[17:27] = np.column_stack([np.linspace(14, 50, 10), np.full(10, 20.0)])
    linear = np.linalg.inv(MATRIX[:, :2])
    return transform_points(np.column_stack([linear, -linear @ MATRIX[:, 2]]), points)


def write_faces(path, clips, onset=None):
    """Write the faces shard that keeps the onset of each clip."""
    with ShardWriter(path, kind="faces", **IDENTITY) as shard:
        for clip in clips:
            image = recorded(clip.onset) if onset is None else onset
            arrays = {
                "aligned_color": warp_aligned(image, MATRIX, size_px=ALIGNED)[None],
                "landmarks": landmarks()[None],
                "aligned_from_image": MATRIX,
            }
            attrs = {
                "frames": [clip.onset], "roles": ["onset"], "native_origin": [0, 0], "native_size": [SIDE, SIDE],
                "image_size": [SIDE, SIDE], "score": 2.0, "faces_found": 1, "notes": "wears glasses",
            }  # fmt: skip
            shard.add(clip.id, arrays, attrs)
    return path


@pytest.fixture
def make(tmp_path):
    """Return a function that writes a recording and its faces, and gives the shard's content of its only clip."""

    def run(clip=BASE, settings=LENGTHY, *, numbers=range(8, 19), spoil=None, name="out.h5", **options):
        for number in numbers:
            write_frame(tmp_path, clip, number)
        if spoil:
            spoil(tmp_path / clip.color)
        faces = write_faces(tmp_path / "faces.h5", [clip])
        out = tmp_path / name
        with open_shard(faces, kind="faces") as shard, ShardWriter(out, kind="sequences", **IDENTITY) as writer:
            make_sequences(shard, [clip], settings, root=tmp_path, shard=writer, **options)
        return out

    return run


def content(path):
    with open_shard(path, kind="sequences") as shard:
        (clip,) = shard.clips
        arrays = {name: shard.read(clip, name) for name in shard.fields(clip)}
        return sequence_frames(arrays["onset_color"], arrays["difference"]), arrays["position"], shard.attrs(clip)


def excluded(path):
    with open_shard(path, kind="sequences") as shard:
        assert shard.clips == []
        (row,) = shard.exclusions
        return row


def aligned(number, size_px=32):
    return warp_aligned(recorded(number), scaled_transform(MATRIX, size_px / ALIGNED), size_px=size_px)


def test_frames_of_the_recording_and_means_of_two(make):
    frames, position, attrs = content(make(settings=SequenceSettings(length=13, size_px=32)))
    assert position.tolist() == [10 + n / 2 for n in range(13)]
    assert attrs == {
        "apex": 6, "n_frames": 13, "recorded": list(range(10, 17)), "fps": 30.0, "notes": "wears glasses"
    }  # fmt: skip
    for index, number in enumerate(range(10, 17)):
        np.testing.assert_array_equal(frames[2 * index], aligned(number))
    mean = (aligned(10).astype(float) + aligned(11)) / 2
    assert np.abs(frames[1] - mean).max() <= 0.5


def test_the_shard_stores_differences_to_the_onset(make):
    with open_shard(make(), kind="sequences") as shard:
        onset, difference = (shard.read(BASE.id, name) for name in ("onset_color", "difference"))
    assert difference.dtype == np.int16
    np.testing.assert_array_equal(onset, aligned(10))
    np.testing.assert_array_equal(difference[2], aligned(13).astype(int) - aligned(10))
    assert difference.min() < 0 < difference.max()


@pytest.mark.parametrize("method", ["nearest", "tim"])
def test_other_interpolations_keep_the_recorded_frames_too(make, method):
    frames, _, attrs = content(make(settings=SequenceSettings(length=13, size_px=32, interpolation=method)))
    for index, number in enumerate(range(10, 17)):
        np.testing.assert_array_equal(frames[2 * index], aligned(number))
    expected = aligned(10) if method == "nearest" else (aligned(10).astype(float) + aligned(11)) / 2
    assert np.abs(frames[1] - expected.astype(float)).max() <= (0 if method == "nearest" else 6)
    assert attrs["recorded"] == list(range(10, 17))


def test_only_the_frames_that_count_are_read(make):
    def spoil(folder):
        for number in (11, 12, 14, 15):
            (folder / f"{number}.png").write_bytes(b"no picture")

    settings = SequenceSettings(length=3, size_px=32, interpolation="nearest")
    _, position, attrs = content(make(settings=settings, spoil=spoil))
    assert position.tolist() == [10, 13, 16]
    assert attrs["recorded"] == [10, 13, 16]
    assert attrs["notes"] == "wears glasses"


def test_a_short_clip_is_padded(make):
    settings = SequenceSettings(length=10, size_px=32, short_clips="pad")
    frames, position, attrs = content(make(settings=settings))
    assert (attrs["apex"], attrs["n_frames"]) == (3, 7)
    assert position.tolist() == [10, 11, 12, 13, 14, 15, 16, 16, 16, 16]
    for index, number in enumerate(position.astype(int)):
        np.testing.assert_array_equal(frames[index], aligned(number))


@pytest.mark.parametrize(("apex", "index"), [(10, 0), (16, 6)])
def test_the_apex_may_be_the_first_or_the_last_frame(make, apex, index):
    frames, position, attrs = content(make(replace(BASE, apex=apex)))
    assert attrs["apex"] == index
    assert position.tolist() == list(range(10, 17))
    np.testing.assert_array_equal(frames[index], aligned(apex))


def test_a_missing_frame_is_bridged_and_noted(make):
    frames, position, attrs = content(make(numbers=[10, 11, 13, 14, 16]))
    assert position.tolist() == list(range(10, 17))
    assert attrs["recorded"] == [10, 11, 13, 14, 16]
    assert attrs["notes"] == "wears glasses; 2 frames missing between 10 and 16"
    assert np.abs(frames[2] - (aligned(11).astype(float) + aligned(13)) / 2).max() <= 0.5


@pytest.mark.parametrize("method", ["linear", "tim"])
def test_undecodable_frames_between_the_named_ones_are_left_out_and_noted(make, method):
    def spoil(folder):
        (folder / "12.png").write_bytes(b"no picture")
        image = cv2.imread(str(folder / "14.png"))
        cv2.imwrite(str(folder / "14.png"), image[:-1])
        cv2.imwrite(str(folder / "15.png"), image[..., 0])

    settings = replace(LENGTHY, interpolation=method)
    frames, _, attrs = content(make(settings=settings, spoil=spoil))
    assert attrs["recorded"] == [10, 11, 13, 16]
    assert attrs["notes"] == "wears glasses; undecodable frames left out: 12, 14, 15"
    without, _, _ = content(make(settings=settings, spoil=lambda folder: [
        (folder / f"{number}.png").unlink() for number in (12, 14, 15)
    ]))  # fmt: skip
    np.testing.assert_array_equal(frames, without)


def test_200_frames_a_second_are_thinned_first(make):
    settings = SequenceSettings(length=7, size_px=32, interpolation="tim")
    _, position, attrs = content(make(FAST, settings, numbers=range(95, 146)))
    assert attrs["recorded"] == [100, 107, 113, 120, 127, 133, 140]
    np.testing.assert_allclose(position, 100 + np.arange(7) * 20 / 3)
    assert attrs["fps"] == 200


@pytest.mark.parametrize("method", ["linear", "nearest", "tim"])
@pytest.mark.parametrize(("clip", "numbers"), [(BASE, range(8, 19)), (FAST, range(95, 146)), (FAST, range(96, 146, 4))])
def test_what_is_to_be_read_is_what_is_read(make, clip, numbers, method):
    settings = SequenceSettings(length=5, size_px=32, interpolation=method)
    _, _, attrs = content(make(clip, settings, numbers=numbers))
    assert frames_to_read(clip, list(numbers), settings) == attrs["recorded"]


def test_a_frame_that_does_not_decode_is_to_be_read_and_a_clip_that_is_none_is_not(make):
    _, _, attrs = content(
        make(FAST, numbers=range(95, 146), spoil=lambda folder: (folder / "107.png").write_bytes(b""))
    )
    assert 107 not in attrs["recorded"]
    assert 107 in frames_to_read(FAST, range(95, 146), LENGTHY)
    assert frames_to_read(replace(BASE, apex=20), range(8, 19), LENGTHY) == []


def test_a_thinned_recording_is_hashed_where_it_is_read_and_each_frame_read_twice_at_most(make, tmp_path, monkeypatch):
    settings = SequenceSettings(length=16, size_px=32)
    for number in range(95, 146):
        write_frame(tmp_path, FAST, number)
    reads, read_bytes = Counter(), Path.read_bytes

    def counted(path):
        reads[path.name] += 1
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    hashes = frame_hashes([FAST], tmp_path, choose=lambda clip, found: frames_to_read(clip, found, settings))
    assert list(hashes) == [FAST.id]
    assert sorted(reads) == [f"{number}.png" for number in (100, 107, 113, 120, 127, 133, 140)]
    content(make(FAST, settings, numbers=()))
    assert set(reads.values()) == {2}
    assert len(reads) == 7


@pytest.mark.parametrize(
    ("clip", "reason"),
    [
        (replace(BASE, apex=10, offset=10), "expected a clip of two frames or more"),
        (replace(BASE, apex=20), "expected an apex from 10 to 16, found 20"),
        (replace(BASE, apex=-1), "expected a frame number for the apex"),
    ],
)
def test_a_clip_that_is_none_is_excluded(make, clip, reason):
    row = excluded(make(clip))
    assert reason in row["reason"]
    assert (row["clip"], row["stage"]) == (clip.id, "sequences")


@pytest.mark.parametrize("number", [10, 13, 16])
def test_a_clip_without_a_decodable_onset_apex_and_offset_is_excluded(make, number):
    path = make(spoil=lambda folder: (folder / f"{number}.png").write_bytes(b"no picture"))
    row = excluded(path)
    assert "do not decode" in row["reason"]
    assert row["source"] == f"a/color/{number}.png"
    with pytest.raises(BadClipError, match="do not decode"):
        make(spoil=lambda folder: (folder / f"{number}.png").write_bytes(b"no"), on_bad_clip="fail")


def test_a_clip_of_one_picture_is_excluded(make):
    def copy_onset(folder):
        for path in folder.iterdir():
            path.write_bytes((folder / "10.png").read_bytes())

    row = excluded(make(spoil=copy_onset))
    assert row["reason"].startswith("expected motion between frames 10 and 16, found the same picture 7 times")
    assert row["source"] == "a/color"


def test_frames_of_other_bits_than_the_onset_are_refused(make):
    def brighten(folder):
        image = cv2.imread(str(folder / "13.png"), cv2.IMREAD_UNCHANGED)
        assert cv2.imwrite(str(folder / "13.png"), image.astype(np.uint16) * 257)

    assert "expected 8 bits in use like the onset frame, found 16" in excluded(make(spoil=brighten))["reason"]


def test_without_an_offset_the_last_frame_ends_the_clip(make):
    _, position, attrs = content(make(replace(BASE, offset=-1)))
    assert position[-1] == 18
    assert attrs["notes"] == "wears glasses; no offset annotated: the recording's last frame, 18, taken"


def test_what_the_faces_left_out_stays_left_out_with_its_reason(tmp_path):
    with ShardWriter(tmp_path / "faces.h5", kind="faces", **IDENTITY) as shard:
        shard.exclude(BASE.id, stage="faces", reason="no face found", source="a/color/10.png")
    with (
        open_shard(tmp_path / "faces.h5", kind="faces") as faces,
        ShardWriter(tmp_path / "out.h5", kind="sequences", **IDENTITY) as writer,
    ):
        make_sequences(faces, [BASE], LENGTHY, root=tmp_path, shard=writer)
    assert excluded(tmp_path / "out.h5")["reason"] == "no face found"


def test_the_motion_of_the_head_is_taken_off(make):
    """Everything moves alike here: taken for the head's motion, it goes, and what is left is the fading."""
    settings = SequenceSettings(length=7, size_px=ALIGNED)
    moving, *_ = content(make(settings=settings))
    steady, *_ = content(make(settings=replace(settings, head_motion="robust_affine")))
    np.testing.assert_array_equal(steady[0], moving[0])
    inner = np.s_[12:-12, 12:-12]

    def change(frames):
        difference = (frames[6].astype(float) - frames[0])[inner]
        return np.sqrt(((difference - np.median(difference)) ** 2).mean())

    assert change(steady) < 0.2 * change(moving)


def test_the_same_recording_gives_the_same_bytes(make):
    settings = replace(LENGTHY, head_motion="robust_affine", interpolation="tim")
    assert make(settings=settings).read_bytes() == make(settings=settings, name="again.h5").read_bytes()


def test_another_size_covers_the_same_square():
    half = scaled_transform(np.eye(2, 3), 0.5)
    np.testing.assert_allclose(transform_points(half, np.array([[0.5, 0.5], [-0.5, 63.5]])), [[0, 0], [-0.5, 31.5]])
    np.testing.assert_allclose(scaled_transform(MATRIX, 1.0), MATRIX)


def test_fine_texture_does_not_alias_when_a_face_shrinks():
    """Stripes of 2 px, finer than the small grid: grey must come out, not stripes that move when the frame does."""
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 255
    small = warp_aligned(stripes, scaled_transform(np.eye(2, 3), 50 / 256), size_px=50)
    assert np.abs(small[:, 4:-4].astype(float) - 127.5).max() <= 2  # at the border the stripes end
