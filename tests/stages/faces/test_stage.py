"""The faces stage on the demo, and on clips that are spoilt in every way that a user's can be."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from PIL import Image

from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.reading.frames import read_color, read_depth
from merflow.errors import BadClipError
from merflow.landmarks.alignment import invert_affine, mean_anchors, transform_points, warp_aligned
from merflow.landmarks.outline import face_outline
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.faces.settings import FaceSettings
from merflow.stages.faces.stage import extract_clip, extract_faces, refuse_still_clip, select_frames

IDENTITY = {"variant": "default", "dataset": "demo", "subject": "spNO.1", "params": {}, "code": "", "inputs": {}}


@pytest.fixture(scope="module")
def shard_path(tiny_demo, clips, tmp_path_factory):
    """Faces of all clips of the tiny demo."""
    path = tmp_path_factory.mktemp("faces") / "faces.h5"
    with ShardWriter(path, kind="faces", **IDENTITY) as shard:
        extract_faces(clips, FaceSettings(), root=tiny_demo, shard=shard)
    return path


@pytest.fixture
def faces(shard_path):
    with open_shard(shard_path, kind="faces") as shard:
        yield shard


def test_every_demo_clip_has_a_face(faces, clips):
    assert faces.clips == sorted(clip.id for clip in clips)
    assert faces.exclusions == []
    for clip in clips:
        attrs = faces.attrs(clip.id)
        assert attrs["frames"] == [clip.onset, clip.apex]
        assert attrs["roles"] == ["onset", "apex"]
        assert attrs["image_size"] == [1280, 720]
        assert attrs["faces_found"] == 1
        assert attrs["notes"] == ""


def test_native_depth_has_the_frames_own_pixels(faces, clips, tiny_demo):
    clip = clips[0]
    x0, y0 = faces.attrs(clip.id)["native_origin"]
    width, height = faces.attrs(clip.id)["native_size"]
    depth = faces.read(clip.id, "native_depth")
    window = np.s_[y0 : y0 + height, x0 : x0 + width]
    for i, number in enumerate((clip.onset, clip.apex)):
        raw = read_depth(tiny_demo / clip.depth / f"{number}.png", (720, 1280))
        np.testing.assert_array_equal(depth[i], raw[window])


def test_native_crop_covers_the_aligned_crop(faces, clips):
    for clip in clips:
        corners = np.array([[0, 0], [255, 0], [255, 255], [0, 255]])
        in_image = transform_points(invert_affine(faces.read(clip.id, "aligned_from_image")), corners)
        native = in_image - faces.attrs(clip.id)["native_origin"]
        width, height = faces.attrs(clip.id)["native_size"]
        assert (native >= 0).all()
        assert (native <= [width - 1, height - 1]).all()


def test_aligned_crop_is_the_native_one_seen_through_the_transform(faces, clips, tiny_demo):
    clip = clips[0]
    width, height = faces.attrs(clip.id)["native_size"]
    matrix = faces.read(clip.id, "aligned_from_image")
    origin = np.asarray(faces.attrs(clip.id)["native_origin"])
    from_native = matrix.copy()
    from_native[:, 2] += matrix[:, :2] @ origin
    for i, number in enumerate((clip.onset, clip.apex)):
        frame = read_color(tiny_demo / clip.color / f"{number}.jpg")
        native = frame[origin[1] : origin[1] + height, origin[0] : origin[0] + width]
        again = warp_aligned(native, from_native, size_px=256)
        difference = np.abs(again.astype(int) - faces.read(clip.id, "aligned_color")[i])
        assert difference.max() <= 2
        assert difference.mean() < 0.05


def test_eyes_and_nose_lie_on_the_mean_shape(faces, clips):
    target = mean_anchors(size_px=256, margin=FaceSettings().margin)
    for clip in clips:
        matrix, landmarks = faces.read(clip.id, "aligned_from_image"), faces.read(clip.id, "landmarks")[0]
        error = np.linalg.norm(transform_points(matrix, landmarks[[36, 39, 42, 45, 33]]) - target, axis=1)
        assert error.mean() < 6  # people differ; a wrong index or a swapped axis is tens of px off


def test_every_region_with_the_raised_brows_is_inside_the_crop(faces, clips):
    for clip in clips:
        matrix = faces.read(clip.id, "aligned_from_image")
        for landmarks in faces.read(clip.id, "landmarks"):
            outline = transform_points(matrix, face_outline(landmarks))
            assert outline.min() >= 0
            assert outline.max() <= 255


def test_the_same_clips_give_the_same_bytes(tiny_demo, clips, tmp_path):
    paths = [tmp_path / "one.h5", tmp_path / "two.h5"]
    for path in paths:
        with ShardWriter(path, kind="faces", **IDENTITY) as shard:
            extract_faces(clips[:1], FaceSettings(), root=tiny_demo, shard=shard)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_dataset_without_depth_has_none(copied_clip, detector):
    clip, root = copied_clip
    arrays, _ = extract_clip(replace(clip, depth=""), FaceSettings(), root=root, detector=detector)
    assert "native_depth" not in arrays


def test_depth_can_be_left_out_and_is_then_not_needed(copied_clip, detector):
    clip, root = copied_clip
    missing_depth(clip, root)
    arrays, _ = extract_clip(clip, FaceSettings(depth=False), root=root, detector=detector)
    assert "native_depth" not in arrays


def test_a_grey_recording_is_noted(copied_clip, detector):
    clip, root = copied_clip
    for number in (clip.onset, clip.apex):
        rewrite(root / clip.color / f"{number}.jpg", lambda image: image, cv2.IMREAD_GRAYSCALE)
    arrays, attrs = extract_clip(clip, FaceSettings(depth=False), root=root, detector=detector)
    assert attrs["notes"] == "grey recording: the three channels are equal"
    assert (np.ptp(arrays["aligned_color"], axis=-1) == 0).all()


def test_size_and_margin_are_obeyed(copied_clip, detector):
    clip, root = copied_clip
    arrays, _ = extract_clip(clip, FaceSettings(size_px=96, margin=0.2), root=root, detector=detector)
    assert arrays["aligned_color"].shape == (2, 96, 96, 3)
    eyes = transform_points(arrays["aligned_from_image"], arrays["landmarks"][0][[36, 45]])
    expected = mean_anchors(size_px=96, margin=0.2)
    assert np.ptp(eyes[:, 0]) == pytest.approx(np.ptp(expected[:, 0]), rel=0.1)


def test_all_frames_of_a_clip_can_be_kept(tiny_demo, clips, detector):
    clip = clips[0]
    arrays, attrs = extract_clip(clip, FaceSettings(frames=("all",)), root=tiny_demo, detector=detector)
    assert attrs["frames"] == list(range(clip.onset, clip.offset + 1))
    assert len(arrays["aligned_color"]) == clip.offset - clip.onset + 1
    named = {role: number for number, role in zip(attrs["frames"], attrs["roles"], strict=True) if role}
    assert named == {"onset": clip.onset, "apex": clip.apex, "offset": clip.offset}


def test_an_undecodable_frame_between_the_named_ones_is_left_out_and_noted(copied_clip, detector):
    clip, root = copied_clip
    clip = replace(clip, offset=clip.apex)
    (root / clip.color / f"{clip.onset + 1}.jpg").write_bytes(b"no picture")
    _, attrs = extract_clip(clip, FaceSettings(frames=("all",)), root=root, detector=detector)
    assert attrs["frames"] == [clip.onset, clip.apex]
    assert attrs["notes"] == f"undecodable frames left out: {clip.onset + 1}"


def rewrite(path, change, flags=cv2.IMREAD_UNCHANGED):
    image = cv2.imread(str(path), flags)
    assert cv2.imwrite(str(path), change(image))


def no_face(clip, root):
    rewrite(root / clip.color / f"{clip.onset}.jpg", lambda image: np.full_like(image, 90))


def truncated_apex(clip, root):
    path = root / clip.color / f"{clip.apex}.jpg"
    path.write_bytes(path.read_bytes()[:20_000])


def missing_apex(clip, root):
    (root / clip.color / f"{clip.apex}.jpg").unlink()


def grey_apex(clip, root):
    rewrite(root / clip.color / f"{clip.apex}.jpg", lambda image: image, cv2.IMREAD_GRAYSCALE)


def smaller_apex(clip, root):
    rewrite(root / clip.color / f"{clip.apex}.jpg", lambda image: image[:600, :800])


def copied_apex(clip, root):
    color = root / clip.color
    (color / f"{clip.apex}.jpg").write_bytes((color / f"{clip.onset}.jpg").read_bytes())


def turned_by_exif(clip, root):
    for path in (root / clip.color).iterdir():
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.open(path).transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)


def depth_of_8_bits(clip, root):
    rewrite(root / clip.depth / f"{clip.apex}.png", lambda depth: (depth // 8).astype(np.uint8))


def smaller_depth(clip, root):
    rewrite(root / clip.depth / f"{clip.onset}.png", lambda depth: depth[::2, ::2])


def empty_depth(clip, root):
    rewrite(root / clip.depth / f"{clip.apex}.png", np.zeros_like)


def missing_depth(clip, root):
    (root / clip.depth / f"{clip.apex}.png").unlink()


@pytest.mark.parametrize(
    ("spoil", "reason", "file"),
    [
        (no_face, "1 time(s): mean brightness 90 of 255, 8 bits a value", "onset.jpg"),
        (
            turned_by_exif,
            "EXIF orientation 6, by which viewers turn it by 90 degrees and merflow does not",
            "onset.jpg",
        ),
        (copied_apex, "between onset and apex, found that frame apex is the same picture as frame onset", "color"),
        (truncated_apex, "ends early", "apex.jpg"),
        (missing_apex, "expected a file of that number, found 1 others, the nearest", "color"),
        (smaller_apex, "expected a frame of 1280x720 px like the onset frame, found 800x600", "apex.jpg"),
        (grey_apex, "expected a colour frame like the onset frame, found a grey one", "apex.jpg"),
        (depth_of_8_bits, "expected a 16-bit depth picture", "apex.png"),
        (smaller_depth, "expected depth of 1280x720 px like its colour frame, found 640x360", "onset.png"),
        (empty_depth, "no valid depth on the face: expected values on at least 10% of its pixels, found 0.0%", "apex"),
        (missing_depth, "depth frame", "depth"),
    ],
)
def test_a_bad_clip_is_excluded_with_its_reason_and_file(copied_clip, tmp_path, spoil, reason, file):
    clip, root = copied_clip
    spoil(clip, root)
    path = tmp_path / "faces.h5"
    with ShardWriter(path, kind="faces", **IDENTITY) as shard:
        extract_faces([clip], FaceSettings(), root=root, shard=shard)
    with open_shard(path, kind="faces") as shard:
        assert shard.clips == []
        (row,) = shard.exclusions
    assert row["clip"] == clip.id
    assert row["stage"] == "faces"
    numbers = {"frame onset": f"frame {clip.onset}", "frame apex": f"frame {clip.apex}"}
    for name, number in numbers.items():
        reason = reason.replace(name, number)
    assert reason in row["reason"]
    named = file.replace("onset", str(clip.onset)).replace("apex", str(clip.apex))
    assert named in row["source"]


def test_pictures_that_decode_alike_are_copies_whatever_their_bytes(copied_clip, detector):
    clip, root = copied_clip
    onset, apex = (root / clip.color / f"{number}.jpg" for number in (clip.onset, clip.apex))
    for path in (onset, apex):
        path.write_bytes(onset.read_bytes() + bytes(len(path.stem)) * (path == apex))
    assert onset.read_bytes() != apex.read_bytes()
    with pytest.raises(BadClipError, match="no motion to measure"):
        extract_clip(clip, FaceSettings(), root=root, detector=detector)


def test_a_copied_offset_is_refused_where_it_is_kept_and_left_alone_elsewhere(copied_clip, detector):
    clip, root = copied_clip
    clip = replace(clip, offset=clip.apex + 7)
    color = root / clip.color
    (color / f"{clip.offset}.jpg").write_bytes((color / f"{clip.onset}.jpg").read_bytes())
    extract_clip(clip, FaceSettings(), root=root, detector=detector)
    three = FaceSettings(frames=("onset", "apex", "offset"), depth=False)
    with pytest.raises(BadClipError, match=f"onset and offset, found that frame {clip.offset} is the same picture"):
        extract_clip(clip, three, root=root, detector=detector)


def test_of_whole_sequences_repeats_are_noted_and_still_ones_refused(copied_clip, detector):
    clip, root = copied_clip
    clip = replace(clip, offset=clip.apex, depth="")
    color, settings = root / clip.color, FaceSettings(frames=("all",))
    (color / f"{clip.onset + 1}.jpg").write_bytes((color / f"{clip.onset}.jpg").read_bytes())
    _, attrs = extract_clip(clip, settings, root=root, detector=detector)
    assert attrs["notes"] == f"picture of frame {clip.onset + 1} is that of the frame kept before it"
    copied_apex(clip, root)
    with pytest.raises(BadClipError, match="found the same picture 3 times"):
        extract_clip(clip, settings, root=root, detector=detector)


def test_a_copied_depth_map_is_noted_and_told_or_excludes(copied_clip, detector, caplog):
    clip, root = copied_clip
    depth = root / clip.depth
    (depth / f"{clip.apex}.png").write_bytes((depth / f"{clip.onset}.png").read_bytes())
    reason = (
        f"expected depth of each named frame, found that depth of frame {clip.apex} is that of the frame kept before it"
    )
    _, attrs = extract_clip(clip, FaceSettings(), root=root, detector=detector)
    assert attrs["notes"] == reason
    assert f"{clip.id}: {reason}" in caplog.text
    with pytest.raises(BadClipError, match=f"{reason} .faces.doubtful: exclude"):
        extract_clip(clip, FaceSettings(doubtful="exclude"), root=root, detector=detector)


def test_pictures_of_12_bits_give_the_same_face(copied_clip, detector):
    clip, root = copied_clip
    paths = [root / clip.color / f"{number}.jpg" for number in (clip.onset, clip.apex)]
    for path in paths:
        assert cv2.imwrite(str(path.with_suffix(".png")), cv2.imread(str(path)))
        path.unlink()
    before, _ = extract_clip(clip, FaceSettings(), root=root, detector=detector)
    for path in paths:
        rewrite(path.with_suffix(".png"), lambda image: image.astype(np.uint16) * 16 + 9)
    arrays, attrs = extract_clip(clip, FaceSettings(), root=root, detector=detector)
    for name, array in before.items():
        np.testing.assert_array_equal(arrays[name], array)
    assert attrs["notes"].startswith("16-bit file with values up to ")
    assert attrs["notes"].endswith(", 12 bits in use, brought to 8")


def test_a_tag_that_turns_upright_pixels_is_noted_and_not_obeyed(copied_clip, detector):
    clip, root = copied_clip
    before, _ = extract_clip(clip, FaceSettings(), root=root, detector=detector)
    for number in (clip.onset, clip.apex):
        path = root / clip.color / f"{number}.jpg"
        data, exif = path.read_bytes(), Image.Exif()
        exif[0x0112] = 8
        block = exif.tobytes()
        path.write_bytes(data[:2] + b"\xff\xe1" + (len(block) + 2).to_bytes(2) + block + data[2:])
    arrays, attrs = extract_clip(clip, FaceSettings(), root=root, detector=detector)
    np.testing.assert_array_equal(arrays["aligned_color"], before["aligned_color"])
    assert attrs["notes"] == "EXIF orientation 8 not applied, pixels read as stored"


def test_fail_stops_at_a_bad_clip_and_leaves_no_shard(copied_clip, tmp_path):
    clip, root = copied_clip
    no_face(clip, root)
    path = tmp_path / "faces.h5"
    with (
        pytest.raises(BadClipError, match="no face found"),
        ShardWriter(path, kind="faces", **IDENTITY) as shard,
    ):
        extract_faces([clip], FaceSettings(), root=root, shard=shard, on_bad_clip="fail")
    assert not path.exists()


def test_two_faces_are_recorded(copied_clip):
    clip, root = copied_clip
    settings = FaceSettings(detection="full")  # the second one is too small for half the picture
    detector = FaceDetector(settings)

    def add_a_small_face(image):
        small = cv2.resize(image, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
        image[: small.shape[0], : small.shape[1]] = small
        return image

    _, before = extract_clip(clip, settings, root=root, detector=detector)
    rewrite(root / clip.color / f"{clip.onset}.jpg", add_a_small_face)
    _, attrs = extract_clip(clip, settings, root=root, detector=detector)
    assert attrs["faces_found"] == 2
    assert "2 faces on the onset frame, the largest taken" in attrs["notes"]
    assert np.abs(np.subtract(attrs["native_origin"], before["native_origin"])).max() <= 3


def test_a_face_that_leaves_the_crop_is_noted(tiny_demo, clips, detector):
    settings = FaceSettings(margin=0.0)  # the mean face fits exactly, so that most faces do not
    noted = []
    for clip in {clip.subject: clip for clip in clips}.values():
        arrays, attrs = extract_clip(clip, settings, root=tiny_demo, detector=detector)
        outline = transform_points(arrays["aligned_from_image"], face_outline(arrays["landmarks"][0]))
        n_outside = ((outline < -0.5) | (outline > 255.5)).any(axis=1).sum()
        expected = f"{n_outside} of 27 outline points outside the aligned crop" if n_outside else ""
        assert attrs["notes"] == expected
        noted.append(n_outside > 0)
    assert any(noted)


def test_apex_on_onset_is_refused_only_where_nothing_else_is_kept(clips):
    still = replace(clips[0], apex=clips[0].onset)
    with pytest.raises(BadClipError, match="apex == onset"):
        refuse_still_clip(still, FaceSettings())
    refuse_still_clip(still, FaceSettings(frames=("all",)))
    refuse_still_clip(clips[0], FaceSettings())


def test_a_role_without_a_number_is_refused(clips):
    without = replace(clips[0], offset=-1)
    with pytest.raises(BadClipError, match="frame number for the offset"):
        select_frames(without, FaceSettings(frames=("onset", "offset")), available=[])


def test_frames_of_a_clip_without_offset_run_to_the_last(clips):
    clip = replace(clips[0], onset=3, apex=5, offset=-1)
    chosen = select_frames(clip, FaceSettings(frames=("all",)), available=[1, 3, 4, 5, 9])
    assert chosen == [(3, "onset"), (4, ""), (5, "apex"), (9, "")]
