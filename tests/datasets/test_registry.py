import dataclasses
from pathlib import Path

import pytest
from tests.datasets.casme3 import casme3_fixture as casme3

from merflow.datasets.casme2.reader import Casme2Settings
from merflow.datasets.casme3.reader import Casme3Settings
from merflow.datasets.declared import DATASETS
from merflow.datasets.registry import SETTINGS, annotation_files, index_dataset, reader_settings
from merflow.errors import ConfigError, DatasetError


@pytest.fixture
def root(tmp_path):
    casme3.write_micro(tmp_path, [casme3.Row(), casme3.Row(video="b", apex=9)])
    for video in "ab":
        casme3.add_video(tmp_path, "spNO.1", video, range(1, 30))
    return str(tmp_path)


def test_plain_settings_become_those_of_the_reader(tmp_path):
    settings = {"root": str(tmp_path), "depth_root": None, "parts": ["A", "C"], "fps": 25}
    assert reader_settings("demo", "casme3", settings) == Casme3Settings(root=tmp_path, parts=("A", "C"), fps=25.0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"rot": "x"},
            r"datasets\.demo: reader casme3 has no setting 'rot'\. Did you mean 'root'\? Known: root, depth_root",
        ),
        ({}, r"datasets\.demo: reader casme3 needs the setting 'root'"),
        ({"root": 3}, r"datasets\.demo\.root: expected a path, found 3"),
        ({"root": ""}, r"datasets\.demo\.root: expected a path, found ''"),
        ({"root": "x", "parts": "A"}, r"datasets\.demo\.parts: expected a list, found 'A'"),
        ({"root": "x", "parts": ["B"]}, r"datasets\.demo\.parts: expected one of A, C, but found 'B'"),
        ({"root": "x", "fps": "30"}, r"datasets\.demo\.fps: expected .*float.*, found '30'"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_key(settings, message):
    with pytest.raises(ConfigError, match=message):
        reader_settings("demo", "casme3", settings)


def test_settings_that_are_one_of_some_words(tmp_path):
    settings = {"root": str(tmp_path), "layout": "cropped"}
    assert reader_settings("mine", "casme2", settings) == Casme2Settings(root=tmp_path, layout="cropped")
    with pytest.raises(ConfigError, match=r"datasets\.mine\.layout: expected one of auto, raw, selected, cropped"):
        reader_settings("mine", "casme2", settings | {"layout": "faces"})
    with pytest.raises(ConfigError, match=r"datasets\.mine\.layout: expected a word, found 3"):
        reader_settings("mine", "casme2", settings | {"layout": 3})


def test_unknown_readers_are_refused_with_the_nearest():
    with pytest.raises(ConfigError, match=r"datasets\.demo\.reader: unknown reader 'casm3'\. Did you mean 'casme3'"):
        index_dataset("demo", "casm3", {})


def test_sheets_of_a_dataset(root, tmp_path):
    assert annotation_files("casme3", {"root": root}) == [tmp_path / casme3.MICRO_NAME]


def test_bad_clips_are_excluded_or_stop_the_run(root):
    index = index_dataset("demo", "casme3", {"root": root})
    assert [clip.id for clip in index.clips] == ["spNO.1_a_10"]
    assert [row["clip"] for row in index.exclusions] == ["spNO.1_b_10"]
    with pytest.raises(DatasetError, match=r"found 1 that is not: spNO\.1_b_10: expected onset <= apex <= offset"):
        index_dataset("demo", "casme3", {"root": root}, on_bad_clip="fail")


def test_clips_left_out_on_purpose_do_not_stop_the_run(root, tmp_path):
    casme3.write_micro(tmp_path, [casme3.Row(), casme3.Row(video="b")])
    (tmp_path / "occluded.txt").write_text("spNO.1 b 10\n", encoding="utf-8")
    settings = {"root": root, "occluded": str(tmp_path / "occluded.txt")}
    assert len(index_dataset("demo", "casme3", settings, on_bad_clip="fail").clips) == 1


def test_index_without_any_clip_is_refused(root, tmp_path):
    casme3.write_micro(tmp_path, [casme3.Row(apex=9)])
    with pytest.raises(
        DatasetError, match=r"dataset demo: .*found none\. All 1 were excluded: spNO\.1_a_10: expected onset"
    ):
        index_dataset("demo", "casme3", {"root": root})


def test_every_reader_names_its_dataset_in_the_clips(root):
    assert set(DATASETS) >= {"casme2", "casme3", "samm"}
    assert {clip.dataset for clip in index_dataset("mine", "casme3", {"root": root}).clips} == {"mine"}


@pytest.mark.parametrize("reader", list(DATASETS))
def test_every_setting_of_a_reader_is_on_its_page(reader):
    page = (Path(__file__).parents[2] / "docs" / "datasets" / f"{reader}.md").read_text(encoding="utf-8")
    missing = [field.name for field in dataclasses.fields(SETTINGS[reader]) if f"| `{field.name}` |" not in page]
    assert missing == []
