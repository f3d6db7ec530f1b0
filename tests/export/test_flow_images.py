"""Flow images in the folders of STSTNet, read back by merflow's reader and as the peers' loaders list them."""

import csv
from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.export.conftest import CLIPS, LOST, clip_of, faces_of, shards_of, write_dataset

from merflow.datasets.clip_table import read_clips, write_clips
from merflow.datasets.flow_images.reader import FlowImagesSettings, read_flow_images
from merflow.errors import ConfigError, DatasetError
from merflow.export.exporting import export_clips
from merflow.stages.exporting import Source
from merflow.stages.flow_images.export import check_subjects, stored_picture
from merflow.stages.flow_images.ready import read_flow_image

LABELS = {"disgust": 0, "fear": 0, "happiness": 1, "surprise": 2}
LABELLED = {clip: LABELS[emotion] for clip, emotion in CLIPS.items() if emotion in LABELS}
CLASSES = ("negative", "positive", "surprise")


@pytest.fixture(scope="module")
def exported(demo, tmp_path_factory):
    out = tmp_path_factory.mktemp("flow_images") / "out"
    return export_clips("flow_images", demo, out), out


def names_in(folder):
    return [path.name for path in folder.iterdir()]


def as_ststnet_lists(root, subject, side):
    """Return (file name, label, picture) as the public loaders read a side of a fold: every entry, by OpenCV."""
    return [
        (path.name, int(folder.name), cv2.imread(str(path)))
        for folder in (root / subject / side).iterdir()
        for path in folder.iterdir()
    ]


def test_merflow_reads_back_the_same_clips_labels_and_pictures(exported):
    root = exported[1] / "norm_u_v_os"
    index = read_flow_images("again", FlowImagesSettings(root=root))
    assert {clip.id: clip.emotion for clip in index.clips} == {
        f"{clip}_0": CLASSES[label] for clip, label in LABELLED.items()
    }
    assert index.exclusions == ()
    assert len(index.notes) == 1  # no training folder lacks a clip
    for clip in index.clips:
        image = shards_of(clip.id.removesuffix("_0"))["flow_images"][0]["image"]
        found = read_flow_image(root / clip.color, size_px=28, channels="rgb")
        np.testing.assert_array_equal(found, np.rint(np.float32(255) * image) / np.float32(255))
        assert np.abs(found - image).max() <= 1 / 510 + 1e-6


def test_the_public_loaders_see_each_clip_once_a_fold_and_nobody_on_both_sides(exported):
    root = exported[1] / "norm_u_v_os"
    subjects = names_in(root)  # whatever lies there is a subject to them
    assert sorted(subjects) == sorted({clip.split("_")[0] for clip in LABELLED})
    for subject in subjects:
        test, train = as_ststnet_lists(root, subject, "u_test"), as_ststnet_lists(root, subject, "u_train")
        own = {(f"{clip} .png", label) for clip, label in LABELLED.items() if clip.startswith(f"{subject}_")}
        assert {(name, label) for name, label, _ in test} == own
        assert {(name, label) for name, label, _ in test + train} == {
            (f"{clip} .png", label) for clip, label in LABELLED.items()
        }
        assert len(test + train) == len(LABELLED)
        assert {picture.shape for *_, picture in test + train} == {(28, 28, 3)}


def test_opencv_sees_strain_v_and_u_in_this_order(exported):
    clip = "spNO.1_a_10"
    _, _, picture = as_ststnet_lists(exported[1] / "norm_u_v_os", "spNO.1", "u_test")[0]
    pictures = {name: one for name, _, one in as_ststnet_lists(exported[1] / "norm_u_v_os", "spNO.1", "u_test")}
    image = shards_of(clip)["flow_images"][0]["image"]
    assert picture.shape == (28, 28, 3)
    for channel, stored in enumerate((2, 1, 0)):
        np.testing.assert_array_equal(
            pictures[f"{clip} .png"][..., channel], np.rint(np.float32(255) * image[..., stored])
        )


def test_htnet_finds_every_picture_and_the_apex_of_each_row_of_its_table(exported):
    out = exported[1]
    with (out / "combined_3_class2_for_optical_flow.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {f"{row['sub']}_{row['filename_o']} .png" for row in rows} == set(names_in(out / "STSNet_whole_norm_u_v_os"))
    for row in rows:
        clip = f"{row['sub']}_{row['filename_o']}"
        apex = cv2.imread(str(out / "combined_datasets_whole" / row["imagename"]))
        np.testing.assert_array_equal(apex[..., ::-1], faces_of(clip)["aligned_color"][1])
        assert int(row["label"]) == LABELLED[clip]


def test_clips_outside_the_label_set_and_lost_ones_are_named(exported):
    report, _ = exported
    assert report.clips == len(LABELLED) == 5
    assert report.left_out == {
        "spNO.1_z_9": "no folder",
        LOST: "no face",
        "spNO.2_b_10": "label 'others' is not in emotion3",
    }
    assert "0 = negative (2), 1 = positive (1), 2 = surprise (2)" in report.notes[0]


@pytest.mark.parametrize(("expressions", "macro", "micro"), [("micro", 0, 4), ("macro", 1, 0), ("both", 1, 4)])
def test_macro_expressions_are_written_where_they_are_asked_for(tmp_path, expressions, macro, micro):
    """No file says of which kind its clip is: STSTNet would train on both, and test both."""
    own = write_dataset(tmp_path, ["flow_images"])
    first, *rest = read_clips(own / "clips.csv")
    (own / "clips.csv").unlink()
    write_clips([replace(first, expression="macro"), *rest], own / "clips.csv")
    settings = {} if expressions == "micro" else {"expressions": expressions}
    report = export_clips("flow_images", own, tmp_path / "out", settings)
    assert report.clips == macro + micro
    assert ("a macro-expression" in report.left_out.get(first.id, "")) == (not macro)


def test_channels_may_be_turned(demo, tmp_path):
    export_clips("flow_images", demo, tmp_path / "out", {"channels": "bgr"})
    root = tmp_path / "out/norm_u_v_os"
    clip = read_flow_images("again", FlowImagesSettings(root=root, channels="bgr")).clips[0]
    image = shards_of(clip.id.removesuffix("_0"))["flow_images"][0]["image"]
    found = read_flow_image(root / clip.color, size_px=28, channels="bgr")
    assert np.abs(found - image).max() <= 1 / 510 + 1e-6


def test_a_picture_that_came_ready_is_written_as_it_came():
    levels = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    ready = levels.astype(np.float32) / np.float32(255)
    np.testing.assert_array_equal(stored_picture(ready, "rgb"), levels)


def test_subjects_that_begin_another_are_refused():
    check_subjects(["s1", "s10", "s2", "sub_a", "sub_b"])
    with pytest.raises(DatasetError, match=r"'s1' and 's1_b'"):
        check_subjects(["s1", "s1_b"])


@pytest.mark.parametrize(
    ("settings", "error", "match"),
    [
        ({"labels": "au8"}, ConfigError, "one class"),
        ({"labels": "emotion33"}, ConfigError, "Did you mean 'emotion3'"),
        ({"channels": "gbr"}, ConfigError, "rgb"),
        ({"chanels": "rgb"}, ConfigError, "Did you mean 'channels'"),
        ({"labels": "emotion3(positive, negative)"}, None, ""),
    ],
)
def test_settings_are_checked_and_nothing_is_left_behind(demo, tmp_path, settings, error, match):
    if error is None:
        assert export_clips("flow_images", demo, tmp_path / "out", settings).clips == 3
        return
    with pytest.raises(error, match=match):
        export_clips("flow_images", demo, tmp_path / "out", settings)
    assert names_in(tmp_path) == []


def test_without_faces_the_export_says_that_htnet_cannot_read_it(demo, tmp_path):
    from merflow.stages.flow_images.export import FlowFoldSettings, write_flow_folds

    shard = tmp_path / "spNO.1.h5"  # outside a results folder: nothing lies above it
    shard.write_bytes((demo / "artefacts/flow_images/default/spNO.1.h5").read_bytes())
    source = Source("flow_images", {shard: {clip: clip_of(clip, CLIPS[clip]) for clip in ("spNO.1_a_10",)}})
    (tmp_path / "out").mkdir()
    write_flow_folds(source, tmp_path / "out", FlowFoldSettings())
    assert any("HTNet" in note for note in source.notes)
    assert any("no training clips" in note for note in source.notes)
