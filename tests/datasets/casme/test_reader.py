import pytest
from tests.datasets.casme import casme_fixture as casme

from merflow.datasets.casme.reader import CasmeSettings, casme_annotation, read_casme
from merflow.datasets.labels import CLASS_SETS
from merflow.datasets.reading.frames import list_frames
from merflow.datasets.validation import validate_dataset
from merflow.errors import ConfigError, DatasetError


@pytest.fixture
def read(tmp_path):
    """Read the dataset whose root is the temporary folder."""
    return lambda **settings: read_casme("casme", CasmeSettings(**{"root": tmp_path, **settings}))


def written(root, row, numbers):
    """Write a row and its clip, and three more that agree with their rows, so that folders are known to be cut."""
    casme.add_clip(root, "sub01", str(row.video), numbers)
    others = [casme.Row(subject=2, video=f"EP02_0{k}") for k in (1, 2, 3)]
    for one in others:
        casme.add_clip(root, "sub02", str(one.video), range(10, 31))
    return casme.write_sheet(root, [row, *others])


@pytest.mark.parametrize("digits", [1, 3])
@pytest.mark.parametrize("layout", ["selected", "cropped"])
def test_recordings_of_both_layouts_and_paddings(tmp_path, read, layout, digits):
    """From some row on the frames of the release have three digits."""
    path = casme.write_sheet(tmp_path, [casme.Row()])
    folder = casme.add_clip(tmp_path, "sub01", "EP01_5", range(10, 31), layout=layout, digits=digits)
    index = read()
    (clip,) = index.clips
    assert casme_annotation(CasmeSettings(root=tmp_path)) == [path]
    assert tmp_path / clip.color == folder
    assert (clip.id, clip.onset, clip.apex, clip.offset, clip.fps) == ("sub01_EP01_5_10", 10, 20, 30, 60.0)
    assert (clip.expression, clip.emotion, clip.objective) == ("micro", "disgust", "III")
    assert list(list_frames(folder)) == list(range(10, 31))
    assert index.notes[0] == f"frames of the layout {layout}, from {folder.parents[1].name}"


def test_selected_comes_before_cropped_unless_it_is_asked_for(tmp_path, read):
    casme.write_sheet(tmp_path, [casme.Row()])
    for layout in ("selected", "cropped"):
        casme.add_clip(tmp_path, "sub01", "EP01_5", range(10, 31), layout=layout)
    index = read()
    assert index.clips[0].color == "CASME_raw_selected/sub01/EP01_5"
    assert "frames of another layout that are not read: cropped" in index.notes
    assert read(layout="cropped").clips[0].color == "Cropped/sub01/EP01_5"


def test_sections_of_the_release_are_read_together_and_a_subject_in_both_is_a_question(tmp_path, read):
    casme.write_sheet(tmp_path, [casme.Row(), casme.Row(subject=8)])
    for section, subject in (("Section A", "sub01"), ("Section B", "sub08")):
        folder = tmp_path / "CASME" / section / subject / "EP01_5"
        folder.mkdir(parents=True)
        for number in range(10, 31):
            (folder / f"EP01_5-{number}.jpg").touch()
    assert [clip.subject for clip in read().clips] == ["sub01", "sub08"]
    (tmp_path / "CASME" / "Section B" / "sub01").mkdir()
    with pytest.raises(DatasetError, match=r"subject sub01 in one folder, found them in .*Section A and .*Section B"):
        read()


@pytest.mark.parametrize(
    ("apexes", "apex", "note"),
    [
        ((20, 24), 20, ""),
        ((None, 24), 24, "no ApexF1 in the sheet, ApexF2 24 taken"),
        ((0, 24), 24, "no ApexF1 in the sheet, ApexF2 24 taken"),
        ((None, None), 20, "no apex in the sheet, midpoint 20 taken"),
    ],
)
def test_two_columns_of_apexes(tmp_path, read, apexes, apex, note):
    casme.write_sheet(tmp_path, [casme.Row(apex1=apexes[0], apex2=apexes[1])])
    casme.add_clip(tmp_path, "sub01", "EP01_5", range(10, 31))
    (clip,) = read().clips
    assert clip.apex == apex
    assert clip.notes.replace("objective class taken from the action units", "").strip("; ") == note


@pytest.mark.parametrize(
    ("frames", "folder", "expected"),
    [
        ((0, 5, 8), (100, 149), (100, 120, 149)),  # rows 40, 42 and 43 of meb, counted from 0
        ((1, 9, 15), (101, 119), (101, 110, 119)),
        ((10, 30, 47), (57, 74), (57, 65, 74)),
        ((5, 20, 400), (5, 40), (5, 20, 40)),  # its rows 54 and 140: the offset alone
        ((101, 120, 1420), (101, 142), (101, 120, 142)),
    ],
)
def test_known_errors_are_corrected_from_the_folders_and_noted(tmp_path, read, frames, folder, expected):
    row = casme.Row(onset=frames[0], apex1=frames[1], offset=frames[2])
    written(tmp_path, row, range(folder[0], folder[1] + 1))
    index = read()
    clip = index.clips[0]
    assert (clip.onset, clip.apex, clip.offset) == expected
    assert f"offset {frames[2]} is not in the folder, which holds frames {folder[0]} to {folder[1]}" in clip.notes
    corrected = f"apex {frames[1]} corrected to {expected[1]}" in clip.notes
    assert corrected == (frames[1] != expected[1])
    assert "numbers of 1 rows lie outside their folders, whose first and last frames are taken" in index.notes


def test_a_corrected_sheet_reads_unchanged(tmp_path, read):
    written(tmp_path, casme.Row(onset=100, apex1=118, offset=149), range(100, 150))
    index = read()
    assert (index.clips[0].apex, index.clips[0].notes) == (118, "objective class taken from the action units")
    assert not any("outside" in note for note in index.notes)


def test_other_rows_outside_their_folder_whose_apex_is_too_are_excluded(tmp_path, read):
    path = written(tmp_path, casme.Row(onset=0, apex1=5, offset=8), range(200, 230))
    (row,) = read().exclusions
    assert row["reason"].startswith("expected onset <= apex <= offset, found onset 200, apex 5, offset 229")
    assert row["source"] == f"{path.name}, row 2"


def test_tense_is_a_class_of_casme_alone(tmp_path, read):
    casme.write_sheet(tmp_path, [casme.Row(emotion="tense"), casme.Row(video="EP01_6", emotion="amusement")])
    for video in ("EP01_5", "EP01_6"):
        casme.add_clip(tmp_path, "sub01", video, range(10, 31))
    tense, happy = read().clips
    assert (tense.emotion, happy.emotion) == ("tense", "happiness")
    four = CLASS_SETS["emotion4_casme"]
    assert four.classes[four.label_of(tense)] == "tense"
    assert four.label_of(happy) is None
    assert CLASS_SETS["emotion3"].label_of(tense) is None
    assert CLASS_SETS["emotion4"].label_of(tense) is None


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"subject": "x"}, r"row 2, column 'Subject': expected a number such as 1, found 'x'"),
        ({"video": None}, r"row 2, column 'Filename': expected the name of a clip, found an empty cell"),
        ({"apex2": "x", "apex1": None}, r"row 2, column 'ApexF2': expected a frame number, found 'x'"),
        ({"emotion": "bored"}, r"row 2, column 'Emotion': expected one of .*tense.*found 'bored'"),
    ],
)
def test_cells_that_cannot_be_are_refused_with_their_row(tmp_path, read, row, message):
    casme.write_sheet(tmp_path, [casme.Row(**row)])
    casme.add_clip(tmp_path, "sub01", "EP01_5", [10])
    with pytest.raises(DatasetError, match=message):
        read()


def test_wrong_root_layout_sheet_and_settings(tmp_path, read):
    with pytest.raises(DatasetError, match=r"expected the recordings of CASME as .*EP01_5-1\.jpg.*no such folder"):
        read(root=tmp_path / "none")
    casme.add_clip(tmp_path, "sub01", "EP01_5", [10])
    with pytest.raises(DatasetError, match="found only the layout selected"):
        read(layout="cropped")
    with pytest.raises(DatasetError, match=r"expected the sheet CASME\.xlsx"):
        read()
    with pytest.raises(ConfigError, match="layout: expected one of auto, selected, cropped"):
        CasmeSettings(root=tmp_path, layout="raw")
    with pytest.raises(ConfigError, match="fps: expected a frame rate above 0"):
        CasmeSettings(root=tmp_path, fps=-1.0)


def test_counts_of_the_page_are_compared(tmp_path, read):
    rows = [casme.Row(subject=k % 19 + 1, video=f"EP{k}_1") for k in range(189)]
    casme.write_sheet(tmp_path, rows)
    casme.add_clip(tmp_path, "sub01", "EP0_1", range(10, 31))
    report = validate_dataset("casme", read(), official=True)
    assert [(check.name, check.official, check.found) for check in report.differences] == [("rows", 195, 189)]
