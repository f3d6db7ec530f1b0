"""Ready flow images: clips once each from the folds of their author, and whatever would let a test leak refused."""

import os
import shutil

import pytest
from tests.datasets.flow_images import flow_images_fixture as folders
from tests.datasets.flow_images.flow_images_fixture import add, read

from merflow.datasets.flow_images.reader import FlowImagesSettings, flow_images_annotation
from merflow.datasets.labels import LABEL_SETS
from merflow.datasets.registry import annotation_files, index_dataset, reader_settings
from merflow.datasets.validation import format_validation, validate_dataset
from merflow.errors import ConfigError, DatasetError


@pytest.fixture
def root(tmp_path):
    folders.write_folds(tmp_path / "norm_u_v_os", subjects=6, clips=18)
    return tmp_path / "norm_u_v_os"


def test_each_clip_is_read_once_from_its_own_fold(root):
    made = folders.clip_names(folders.subject_names(6), 18)
    index = read(root)
    assert len(index.clips) == 18
    assert index.exclusions == ()
    by_file = {clip.color: clip for clip in index.clips}
    for subject, file, label in made:
        clip = by_file[f"{subject}/u_test/{label}/{file}"]
        assert (root / clip.color).is_file()
        assert (clip.dataset, clip.subject) == ("ready", subject)
        assert clip.video == file.removeprefix(f"{subject}_").removesuffix(" .png")
        assert clip.emotion == ("negative", "positive", "surprise")[label]
        assert LABEL_SETS["emotion3"].label_of(clip) == label
        assert (clip.onset, clip.apex, clip.offset, clip.fps, clip.depth) == (0, -1, -1, 0.0, "")
    assert index.notes == ("18 clips from the u_test folders of 6 subjects",)


def test_names_of_the_three_public_sets(tmp_path):
    for subject, file in (("006", "006_006_1_2.png"), ("sub01", "sub01_EP02_01f.png"), ("s01", "s01_s01_ne_01 .PNG")):
        add(tmp_path / subject / "u_test" / "0" / file)
    assert [clip.id for clip in read(tmp_path).clips] == ["006_006_1_2_0", "s01_s01_ne_01_0", "sub01_EP02_01f_0"]


def test_the_subject_is_the_longest_folder_that_begins_the_name(tmp_path):
    add(tmp_path / "a" / "u_test" / "0" / "a_1.png")
    add(tmp_path / "a_b" / "u_test" / "1" / "a_b_1.png")
    add(tmp_path / "a" / "u_train" / "1" / "a_b_1.png")
    add(tmp_path / "a_b" / "u_train" / "0" / "a_1.png")
    assert [(clip.subject, clip.video) for clip in read(tmp_path).clips] == [("a", "1"), ("a_b", "1")]


def test_numbers_in_names_sort_by_value_and_the_index_repeats(tmp_path):
    for name in ("006_006_1_10", "006_006_1_9"):
        add(tmp_path / "006" / "u_test" / "0" / f"{name}.png")
    first = read(tmp_path)
    assert [clip.video for clip in first.clips] == ["006_1_9", "006_1_10"]
    assert read(tmp_path) == first


def test_a_subject_on_both_sides_of_its_fold_is_refused_by_file(root):
    add(root / "001" / "u_train" / "2" / "001_001_1_1 .png")
    with pytest.raises(DatasetError, match=r"in both train and test folders: 001/u_train/2/001_001_1_1 \.png"):
        read(root)


def test_a_spare_clip_of_the_own_subject_is_a_leak_too(root):
    add(root / "s01" / "u_train" / "0" / "s01_s01_ne_99.png")
    with pytest.raises(DatasetError, match="in both train and test folders: s01/u_train/0/s01_s01_ne_99"):
        read(root)


def test_a_test_folder_with_another_subjects_file_is_refused(root):
    add(root / "001" / "u_test" / "2" / "s01_s01_sur_09.png")
    with pytest.raises(DatasetError, match=r"found those of another: 001/u_test/2/s01_s01_sur_09\.png"):
        read(root)


@pytest.mark.parametrize("label", ["3", "negative", "00"])
def test_folders_that_are_no_label_are_refused(label, root):
    (root / "001" / "u_train" / label).mkdir()
    with pytest.raises(DatasetError, match=f"expected folders named by the labels 0, 1, 2, found '{label}'"):
        read(root)
    with pytest.raises(DatasetError, match="named by the labels"):
        flow_images_annotation(FlowImagesSettings(root=root))


def test_a_picture_beside_the_label_folders_is_not_passed_over(root):
    add(root / "001" / "u_test" / "001_x.png")
    with pytest.raises(DatasetError, match=r"named by the labels 0, 1, 2, found '001_x\.png'"):
        read(root)


def test_one_clip_with_two_labels_is_refused(root):
    add(root / "sub01" / "u_train" / "1" / "001_001_1_1.png")  # label 0 in its own fold, and with a blank
    with pytest.raises(DatasetError, match=r"in all folds, found two labels: 001/u_test/0/.*sub01/u_train/1"):
        read(root)


def test_one_clip_with_two_labels_in_its_own_fold_is_refused(root):
    add(root / "001" / "u_test" / "1" / "001_001_1_1 .png")
    with pytest.raises(DatasetError, match="001_001_1_1 in u_test, found two labels"):
        read(root)


def test_one_clip_in_two_spellings_is_refused(root):
    add(root / "001" / "u_test" / "0" / "001_001_1_1.png")
    with pytest.raises(DatasetError, match=r"found two files: .*001_001_1_1 \.png and .*001_001_1_1\.png"):
        read(root)


def test_a_clip_in_nobodys_test_folder_is_an_exclusion_and_can_stop_the_run(root):
    add(root / "001" / "u_train" / "0" / "s99_s99_ne_01 .png")
    moved = root / "sub01" / "u_test"
    own = sorted(path.relative_to(moved) for path in moved.rglob("*.png"))
    shutil.rmtree(moved)
    index = read(root)
    assert len(index.clips) == 15
    assert len(own) == 3
    reasons = {row["clip"]: (row["subject"], row["reason"]) for row in index.exclusions}
    assert reasons == {
        **{
            f"{path.name.removesuffix(' .png')}_0": (
                "sub01", "expected the clip in sub01/u_test, found it in u_train of others only"
            )
            for path in own
        },
        "s99_s99_ne_01_0": ("s99", "expected the clip in s99/u_test, found it in u_train of others only"),
    }  # fmt: skip
    assert {row["source"] for row in index.exclusions if row["subject"] == "sub01"} == {
        f"001/u_train/{path.as_posix()}" for path in own
    }
    labels = {f"{path.name.removesuffix(' .png')}_0": int(path.parts[0]) for path in own}
    found = {clip.id: LABEL_SETS["emotion3"].label_of(clip) for clip in index.annotated}
    assert len(found) == 19
    assert labels.items() <= found.items()
    with pytest.raises(DatasetError, match="found 4 that are not"):
        index_dataset("ready", "flow_images", {"root": str(root)}, on_bad_clip="fail")
    text = format_validation(validate_dataset("flow_images", index, official=True))
    assert "15 usable clips, 4 excluded" in text
    assert "s99_s99_ne_01" in text


@pytest.mark.parametrize(("test", "train"), [("U_test", "U_TRAIN"), ("u_Test", "u_train")])
def test_the_sides_of_a_fold_are_found_in_any_case(test, train, root):
    whole = read(root)
    (root / "001" / "u_test").rename(root / "001" / test)
    (root / "001" / "u_train").rename(root / "001" / "kept")
    (root / "001" / "kept").rename(root / "001" / train)
    index = read(root)
    assert [clip.id for clip in index.clips] == [clip.id for clip in whole.clips]
    assert index.exclusions == ()
    assert all((root / clip.color).is_file() for clip in index.clips)
    assert root / "001" / test / "0" in flow_images_annotation(FlowImagesSettings(root=root))
    add(root / "001" / train / "2" / "001_001_1_1 .png")
    with pytest.raises(DatasetError, match="in both train and test folders"):
        read(root)


def test_pictures_in_another_format_are_exclusions_by_name(root):
    for path in (root / "001" / "u_test").rglob("*.png"):
        path.rename(path.with_suffix(".jpg"))
    index = read(root)
    assert [row["clip"] for row in index.exclusions] == ["001_001_1_1_0", "001_001_2_2_0", "001_001_3_3_0"]
    first = index.exclusions[0]
    assert first["reason"].startswith("expected a PNG, found 001_001_1_1 .jpg; ")
    assert (first["subject"], first["source"]) == ("001", "001/u_test/0/001_001_1_1 .jpg")
    assert index.bad == tuple(row["clip"] for row in index.exclusions)
    for path in root.rglob("*.png"):
        path.rename(path.with_suffix(".jpg"))
    assert (len(read(root).clips), len(read(root).exclusions)) == (0, 18)


def test_what_is_left_over_is_noted(root):
    (root / "sub01" / "u_train" / "0" / "001_001_1_1 .png").unlink()
    add(root / "sub01" / "u_train" / "0" / "Thumbs.db")
    add(root / "sub01" / "u_train" / "0" / "._001_001_1_1 .png")
    index = read(root)
    assert len(index.clips) == 18
    assert index.notes[1:] == (
        "u_train folders without some of the others' clips, which folds here do not lack: sub01 (1)",
        "files that are no PNG, ignored: Thumbs.db",
    )
    assert index.exclusions == ()


def test_a_folder_without_folds_is_refused_with_what_lies_there(tmp_path, root):
    with pytest.raises(DatasetError, match=r"expected folders <subject>/u_test/<label>.*found norm_u_v_os\. Set"):
        read(tmp_path)
    with pytest.raises(DatasetError, match="no such folder"):
        read(tmp_path / "nowhere")
    (root / "my subject" / "u_test").mkdir(parents=True)
    with pytest.raises(DatasetError, match=r"found 'my subject'\. Rename"):
        read(root)


def test_the_folders_of_the_labels_tell_when_the_index_is_stale(root):
    found = annotation_files("flow_images", {"root": str(root)})
    assert len(found) == 6 * 2 * 3
    assert root / "001" / "u_test" / "0" in found
    before = {path: path.stat().st_mtime_ns for path in found}
    os.utime(root / "001" / "u_test" / "0", ns=(1, 1))
    add(root / "001" / "u_test" / "0" / "001_001_9_9.png")
    changed = [path for path in found if path.stat().st_mtime_ns not in (before[path], 1)]
    assert changed == [root / "001" / "u_test" / "0"]


def test_a_full_size_set_is_read_whole(tmp_path):
    folders.write_folds(tmp_path, subjects=68, clips=442)
    index = read(tmp_path)
    assert (len(index.clips), len({clip.subject for clip in index.clips})) == (442, 68)
    assert sum(len(files) for _, _, files in os.walk(tmp_path)) == 442 * 68
    shown = {(clip.subject, clip.emotion) for clip in index.clips}
    assert len(shown) == 68 * 3


def test_other_classes_have_other_labels(tmp_path):
    classes = ("disgust", "happiness", "repression", "surprise", "others")
    add(tmp_path / "sub01" / "u_test" / "4" / "sub01_EP02_01f.png")
    assert [clip.emotion for clip in read(tmp_path, classes=classes).clips] == ["others"]
    with pytest.raises(DatasetError, match="the labels 0, 1, 2, found '4'"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"classes": ["negative"]}, r"datasets\.r\.classes: expected two or more different emotions"),
        ({"classes": ["negative", "negative"]}, r"datasets\.r\.classes: expected two or more different emotions"),
        ({"classes": ["negative", "good"]}, r"datasets\.r\.classes: expected one of .*found 'good'"),
        ({"channels": "gbr"}, r"datasets\.r\.channels: expected one of rgb, bgr, but found 'gbr'"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        reader_settings("r", "flow_images", {"root": "x", **settings})
