"""Depth in another unit, with other holes, or in another place than its colour: what becomes of such a clip."""

import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.registry import index_dataset
from merflow.errors import BadClipError
from merflow.stages.faces.settings import FaceSettings
from merflow.stages.faces.stage import extract_clip, extract_faces

IDENTITY = {"variant": "default", "dataset": "demo", "subject": "spNO.1", "params": {}, "code": "", "inputs": {}}
IN_MM = FaceSettings()


def rewrite(clip, root, change):
    """Change every recorded depth picture of a clip."""
    for path in (root / clip.depth).iterdir():
        depth = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert cv2.imwrite(str(path), change(depth).astype(np.uint16))


def tenths(depth):
    return np.minimum(depth.astype(np.uint32) * 10, 65535)


def depth_of(clip, root, detector, settings=IN_MM):
    arrays, attrs = extract_clip(clip, settings, root=root, detector=detector)
    return arrays["native_depth"], attrs


@pytest.mark.parametrize(
    ("change", "found", "fits"),
    [
        (tenths, r"found it at 6\.\d", r"depth_unit_mm of 0\.1 \(0\.6\d"),
        (lambda depth: depth / 10, r"found it at 0\.06", r"depth_unit_mm of 10 \(0\.6"),
        (lambda depth: depth.byteswap(), r"found it at [2-5]\d", r"bytes of each value swapped it would be at 0\.6"),
    ],
    ids=["tenths of a mm", "cm", "swapped bytes"],
)
def test_a_face_that_cannot_be_there_is_refused_with_the_unit_that_fits(copied_clip, detector, change, found, fits):
    clip, root = copied_clip
    rewrite(clip, root, change)
    with pytest.raises(BadClipError, match=rf"0\.2 to 3 m .*{found}.*{fits}") as caught:
        depth_of(clip, root, detector)
    assert caught.value.source.endswith(".png")


def test_depth_numbered_from_another_start_is_refused_whatever_the_reader_asked(copied_clip, detector):
    clip, root = copied_clip
    paths = sorted((root / clip.depth).iterdir(), key=lambda path: int(path.stem))
    for number, path in enumerate(paths, start=int(paths[0].stem) + 1):
        path.rename(path.with_name(f"_{number}{path.suffix}"))
    with pytest.raises(BadClipError, match="expected depth with the numbers of its colour frames"):
        depth_of(clip, root, detector)


def test_the_unit_of_the_dataset_gives_the_depth_of_the_same_recording_in_mm(copied_clip, detector):
    clip, root = copied_clip
    in_mm, _ = depth_of(clip, root, detector)
    rewrite(clip, root, tenths)
    found, attrs = depth_of(replace(clip, depth_unit_mm=0.1), root, detector)
    np.testing.assert_allclose(found, in_mm, rtol=1e-6)
    assert attrs["notes"] == "depth pictures in units of 0.1 mm"


def test_the_index_gives_every_clip_the_unit_of_its_dataset(tiny_demo):
    clips = index_dataset("demo", "casme3", {"root": str(tiny_demo), "depth_unit_mm": 0.1}).clips
    assert {clip.depth_unit_mm for clip in clips} == {0.1}


def test_holes_that_are_written_as_the_end_of_the_range_are_holes(copied_clip, detector):
    clip, root = copied_clip
    as_zero, _ = depth_of(clip, root, detector)
    rewrite(clip, root, lambda depth: np.where(depth == 0, 65535, depth))
    as_end, _ = depth_of(clip, root, detector)
    np.testing.assert_array_equal(as_end, as_zero)
    assert np.isnan(as_zero).any()
    rewrite(clip, root, lambda depth: np.full_like(depth, 65535))
    with pytest.raises(BadClipError, match=r"found 0\.0%"):
        depth_of(clip, root, detector)


@pytest.mark.parametrize("end", [1, 4095, 10000, 65534])
def test_holes_that_are_written_as_another_end_of_a_range_are_holes(copied_clip, detector, end):
    clip, root = copied_clip
    as_zero, _ = depth_of(clip, root, detector)
    rewrite(clip, root, lambda depth: np.where(depth == 0, end, depth))
    np.testing.assert_array_equal(depth_of(clip, root, detector)[0], as_zero)
    holes = np.random.default_rng(0)
    rewrite(clip, root, lambda depth: np.where(holes.random(depth.shape) < 0.45, end, depth))
    with pytest.raises(BadClipError, match=r"expected values on at least 70% of its pixels, found 5\d\.\d%"):
        depth_of(clip, root, detector, FaceSettings(min_depth_fraction=0.7))


def test_a_face_without_relief_is_refused(copied_clip, detector):
    clip, root = copied_clip
    rewrite(clip, root, lambda depth: np.full_like(depth, 650))
    with pytest.raises(BadClipError, match=r"face with relief in its depth, found values within 0\.0 mm at 650 mm"):
        depth_of(clip, root, detector)


def test_depth_beside_its_colour_is_noted_or_excludes(copied_clip, detector):
    clip, root = copied_clip
    assert depth_of(clip, root, detector)[1]["notes"] == ""
    rewrite(clip, root, lambda depth: np.roll(depth, 40, axis=1))
    noted = depth_of(clip, root, detector)[1]["notes"]
    assert "the sides of the face lie +" in noted
    with pytest.raises(BadClipError, match=r"shifted or mirrored against colour \(faces\.doubtful: exclude\)"):
        depth_of(clip, root, detector, FaceSettings(doubtful="exclude"))


def test_a_face_of_another_size_than_the_subjects_others_is_noted_or_excluded(tiny_demo, clips, detector, tmp_path):
    own = [clip for clip in clips if clip.subject == clips[0].subject]
    odd = own[1]
    root = smaller_onset(tiny_demo, own, odd, tmp_path / "raw", factor=0.4)
    for doubtful in ("note", "exclude"):
        path = tmp_path / f"{doubtful}.h5"
        with ShardWriter(path, kind="faces", **IDENTITY) as shard:
            extract_faces(own, FaceSettings(frames=("onset",), depth=False, doubtful=doubtful), root=root, shard=shard)
        with open_shard(path, kind="faces") as shard:
            excluded = {row["clip"]: row["reason"] for row in shard.exclusions}
            noted = {clip: shard.attrs(clip)["notes"] for clip in shard.clips if shard.attrs(clip)["notes"]}
        where = noted if doubtful == "note" else excluded
        assert list(where) == [odd.id]
        assert re.search(rf"0\.4\d of \d+ px, the median of the subject's {len(own)} clips", where[odd.id])


def test_a_clip_whose_onset_cannot_be_read_has_no_part_in_the_median(tiny_demo, clips, detector, tmp_path):
    own = [clip for clip in clips if clip.subject == clips[0].subject]
    root = smaller_onset(tiny_demo, own, own[1], tmp_path / "raw", factor=0.4)
    (root / own[0].color / f"{own[0].onset}.jpg").write_bytes(b"no picture")
    path = tmp_path / "faces.h5"
    with ShardWriter(path, kind="faces", **IDENTITY) as shard:
        settings = FaceSettings(frames=("onset",), depth=False, doubtful="exclude")
        extract_faces(own, settings, root=root, shard=shard)
    with open_shard(path, kind="faces") as shard:
        assert [row["clip"] for row in shard.exclusions] == [own[0].id]  # of two, neither is known to be wrong
        assert all("one of the two" in shard.attrs(clip)["notes"] for clip in shard.clips)


def smaller_onset(source, own, odd, root, *, factor):
    """Copy the onsets of a subject's clips, that of one of them with a picture reduced in its middle."""
    for clip in own:
        image = cv2.imread(str(source / clip.color / f"{clip.onset}.jpg"))
        if clip is odd:
            small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            image = np.full_like(image, 90)
            image[200 : 200 + len(small), 300 : 300 + small.shape[1]] = small
        (root / clip.color).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(root / clip.color / f"{clip.onset}.jpg"), image)
    return root
