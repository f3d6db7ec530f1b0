import dataclasses

import pytest
from tests.datasets.casme3 import casme3_fixture as casme3
from tests.datasets.flow_images import flow_images_fixture as flow_images
from tests.datasets.samm import samm_fixture as samm

from merflow.datasets.casme3.reader import Casme3Settings, read_casme3
from merflow.datasets.clip import Clip
from merflow.datasets.clip_table import CLIP_COLUMNS, read_clips, write_clips
from merflow.datasets.reading.annotation import Annotation
from merflow.datasets.reading.frames import names_of_frames
from merflow.datasets.samm.reader import SammSettings, read_samm
from merflow.errors import DatasetError

CLIP = Clip("demo", "spNO.1", "a", "A", "micro", 1, 2, 3, 30.0, "4", "disgust", "III", "spNO.1/a/color", "", "")
BAD_SUBJECTS = [
    "",
    ".",
    "..",
    ".hidden",
    "../../etc",
    "a/b",
    "a\\b",
    "a b",
    "a\nb",
    "a\0b",
    "{dataset}",
    "*",
    "a" * 101,
]
BAD_VIDEOS = ["..", "../a", "a/b", "a\\b", "a\nb", "a\0b", "\N{RIGHT-TO-LEFT OVERRIDE}gpj", "é" * 51]
BAD_PATHS = ["../other/1.jpg", "a/../../b", "..", "a\0b", "a" * 256, "é" * 128, "a/" * 501]


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        *(("subject", value, "a subject of letters, digits, '_', '.' and '-'") for value in BAD_SUBJECTS),
        *(("video", value, "a clip's name without / and") for value in BAD_VIDEOS),
        *(("color", value, "a path of color below the dataset's root") for value in [*BAD_PATHS, "/etc/passwd"]),
        *(("depth", value, "a path of depth below the dataset's root") for value in BAD_PATHS),
    ],
)
def test_names_that_are_no_names_of_files_are_refused(tmp_path, field, value, found):
    clip = dataclasses.replace(CLIP, **{field: value})
    for refused in (
        lambda: Annotation(clip, source="x.xlsx, row 7", sheet_onset=1),
        lambda: write_clips([clip], tmp_path / "clips.csv"),
    ):
        with pytest.raises(DatasetError) as caught:
            refused()
        assert f"expected {found}" in str(caught.value)
        assert len(str(caught.value)) < 500
    assert not (tmp_path / "clips.csv").exists()


@pytest.mark.parametrize("subject", ["006", "spNO.1", "sub01", "demo.spNO.1", "李-1", "a..b", "a" * 100])
def test_names_of_every_data_set_pass(tmp_path, subject):
    clip = dataclasses.replace(CLIP, subject=subject, video="EP02 01f", depth="/scratch/../depth/spNO.1/a")
    assert Annotation(clip, source="", sheet_onset=1).clip == clip
    write_clips([clip], tmp_path / "clips.csv")
    assert read_clips(tmp_path / "clips.csv") == [clip]


def test_a_clip_that_cannot_be_used_is_listed_whatever_its_folder_is_called():
    Annotation(dataclasses.replace(CLIP, video="s1_ne_01\ncopy"), source="", sheet_onset=1, problem="no clip's name")


@pytest.mark.parametrize(("column", "value"), [("subject", "../../elsewhere"), ("color", "/etc"), ("depth", "../../x")])
def test_an_index_is_checked_when_it_is_read(tmp_path, column, value):
    path = tmp_path / "clips.csv"
    write_clips([CLIP, dataclasses.replace(CLIP, onset=0)], path)
    header, first, second = path.read_text(encoding="utf-8").splitlines()
    cells = second.split(",")
    cells[CLIP_COLUMNS.index(column)] = value
    path.write_text("\n".join((header, first, ",".join(cells))), encoding="utf-8")
    with pytest.raises(DatasetError, match=rf"clips\.csv, line 3: expected a .*found '{value}'"):
        read_clips(path)


@pytest.mark.parametrize(
    "file", ["../secret.png", "..\\..\\secret.png", "/etc/passwd", "a/../../secret.png", "x" * 300 + ".png"]
)
def test_a_table_of_pictures_names_none_outside_its_folder(tmp_path, file):
    root = tmp_path / "pictures"
    root.mkdir()
    flow_images.add(tmp_path / "secret.png")
    table = flow_images.write_table(root / "table.csv", [(file, "s1", "a", 0)])
    with pytest.raises(DatasetError, match=r"table\.csv, line 2: expected a path of color below the dataset's root"):
        flow_images.read(root, annotation=table)


def test_a_link_in_the_dataset_is_its_owners(tmp_path):
    root, scratch = tmp_path / "pictures", tmp_path / "scratch"
    root.mkdir()
    flow_images.add(scratch / "1.png")
    (root / "linked").symlink_to(scratch)
    table = flow_images.write_table(root / "table.csv", [("linked/1.png", "s1", "a", 0)])
    assert [clip.color for clip in flow_images.read(root, annotation=table).clips] == ["linked/1.png"]


@pytest.mark.parametrize("video", ["../b", "..", "/etc", "a\\..", "x" * 200])
def test_a_sheet_of_casme3_that_leads_out_of_the_recordings(tmp_path, video):
    casme3.write_micro(tmp_path, [casme3.Row(), casme3.Row(video=video, onset=11)])
    casme3.add_video(tmp_path, "spNO.1", "a", range(10, 21))
    with pytest.raises(DatasetError, match=r"label_JpgIndex_v2\.xlsx, row 3: expected a clip's name without"):
        read_casme3("d", Casme3Settings(root=tmp_path))


@pytest.mark.parametrize("subject", ["spNO." + "9" * 5000, "spNO.1/../..", "../spNO.1"])
def test_a_sheet_of_casme3_whose_subject_is_none(tmp_path, subject):
    casme3.write_micro(tmp_path, [casme3.Row(subject=subject)])
    with pytest.raises(DatasetError, match=r"row 2, column 'Subject': expected spNO\.<number>, found"):
        read_casme3("d", Casme3Settings(root=tmp_path))


@pytest.mark.parametrize("onset", ["9" * 5000, "9" * 16, 1e300])
def test_frame_numbers_without_measure(tmp_path, onset):
    casme3.write_micro(tmp_path, [casme3.Row(onset=onset)])
    with pytest.raises(DatasetError, match="row 2, column 'Onset': expected a frame number, found"):
        read_casme3("d", Casme3Settings(root=tmp_path))


def test_a_sheet_of_samm_that_leads_out_of_the_recordings(tmp_path):
    samm.write_micro(tmp_path, [samm.Row(filename="006_../../1")])
    (tmp_path / "006").mkdir()
    with pytest.raises(DatasetError, match=r"row 15: expected a clip's name without / and .*found '\.\./\.\./1'"):
        read_samm("d", SammSettings(root=tmp_path))


def test_only_whole_names_of_frames_count(tmp_path):
    for name in ("1.jpg", "2.jpg\n", "3.jpg ", "4\n.jpg", f"{'9' * 30}.jpg", f"{'0' * 30}5.jpg", "６.jpg"):
        (tmp_path / name).touch()
    assert list(names_of_frames(tmp_path).names) == [1, 5]
