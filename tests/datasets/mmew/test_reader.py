import pytest
from tests.datasets.mmew import mmew_fixture as mmew

from merflow.datasets.clip import NO_FRAME
from merflow.datasets.mmew.reader import MmewSettings, mmew_annotation, read_mmew
from merflow.datasets.reading.frames import list_frames
from merflow.datasets.validation import format_validation, validate_dataset
from merflow.errors import ConfigError, DatasetError


@pytest.fixture
def read(tmp_path):
    """Read the dataset whose root is the temporary folder."""
    return lambda **settings: read_mmew("mmew", MmewSettings(**{"root": tmp_path, **settings}))


def written(root, *rows, last=30):
    """Write rows and their clips, whose frames go from 1 to `last`, and two more that agree with their rows."""
    others = [mmew.Row(f"S09-01-00{k}") for k in (1, 2, 3)]
    for row in (*rows, *others):
        mmew.add_clip(root, row.filename, last if row in rows else 30)
    return mmew.write_sheet(root, [*rows, *others])


@pytest.mark.parametrize("official", [False, True])
@pytest.mark.parametrize("base", ["", "MMEW_Final"])
def test_recordings_wherever_they_are_unpacked(tmp_path, read, official, base):
    mmew.write_sheet(tmp_path, [mmew.Row()])
    folder = mmew.add_clip(tmp_path / base, "S03-01-002", official=official)
    (clip,) = read().clips
    assert tmp_path / clip.color == folder
    assert (clip.id, clip.subject, clip.video) == ("S03_01-002_1", "S03", "01-002")
    assert (clip.onset, clip.apex, clip.offset, clip.fps) == (1, 12, 30, 90.0)
    assert (clip.expression, clip.emotion, clip.objective, clip.aus) == ("micro", "happiness", "I", "6+12")
    assert clip.notes == "objective class taken from the action units"
    assert list(list_frames(folder)) == list(range(1, 31))


def test_pictures_of_macro_expressions_are_no_clips(tmp_path, read):
    mmew.write_sheet(tmp_path, [mmew.Row()])
    mmew.add_clip(tmp_path, "S03-01-002")
    macro = tmp_path / "Macro_Expression" / "S03" / "happiness" / "S03-01-002"
    macro.mkdir(parents=True)
    (macro / "S03-01-002.jpg").touch()
    assert [clip.color for clip in read().clips] == ["Micro_Expression/happiness/S03-01-002"]


@pytest.mark.parametrize("subject", ["S03", "03", 3, "sub03", "s3"])
def test_spellings_of_a_subject(tmp_path, read, subject):
    mmew.write_sheet(tmp_path, [mmew.Row(subject=subject)])
    mmew.add_clip(tmp_path, "S03-01-002")
    assert [clip.subject for clip in read().clips] == ["S03"]


@pytest.mark.parametrize("name", ["MMEW_Micro_Exp_v2.xlsx", "MMEW_Micro_Exp (20).xlsx"])
def test_other_names_of_the_sheet(tmp_path, read, name):
    path = mmew.write_sheet(tmp_path, [mmew.Row()], name=name)
    mmew.add_clip(tmp_path, "S03-01-002")
    assert mmew_annotation(MmewSettings(root=tmp_path)) == [path]
    assert len(read().clips) == 1


def test_an_offset_behind_the_last_frame_is_the_last_frame(tmp_path, read):
    """Of 16 rows meb replaces apex and offset, where frames end earlier."""
    written(tmp_path, mmew.Row("S05-02-001", apex=12, offset=98), last=40)
    index = read()
    clip = index.clips[0]
    assert (clip.onset, clip.apex, clip.offset) == (1, 12, 40)
    assert "offset 98 is not in the folder, which holds frames 1 to 40: 40 taken" in clip.notes
    assert any(note.startswith("numbers of 1 rows lie outside their folders") for note in index.notes)


def test_an_apex_behind_the_last_frame_excludes_the_clip_with_its_row(tmp_path, read):
    path = written(tmp_path, mmew.Row("S05-02-001", apex=60, offset=98), last=40)
    index = read()
    (row,) = index.exclusions
    assert row["clip"] == "S05_02-001_1"
    assert row["reason"].startswith("expected onset <= apex <= offset, found onset 1, apex 60, offset 40")
    assert row["source"] == f"{path.name}, row 2"


def test_an_apex_at_the_onset_shows_no_motion(tmp_path, read):
    written(tmp_path, mmew.Row("S05-02-001", apex=1))
    (row,) = read().exclusions
    assert row["reason"] == "expected an apex after the onset 1, found the onset itself: no motion"


def test_a_missing_apex_is_the_middle_of_the_frames_that_exist(tmp_path, read):
    written(tmp_path, mmew.Row("S05-02-001", apex="/", offset=98), last=41)
    clip = read().clips[0]
    assert (clip.apex, clip.offset) == (21, 41)
    assert clip.notes.endswith("no apex in the sheet, midpoint 21 taken")


def test_nothing_is_mended_where_the_folders_are_no_cut_clips(tmp_path, read):
    rows = [mmew.Row(f"S03-01-00{k}", onset=5, apex=9, offset=20 if k > 1 else 90) for k in (1, 2, 3)]
    for row in rows:
        mmew.add_clip(tmp_path, row.filename, 60)
    mmew.write_sheet(tmp_path, rows)
    index = read()
    assert [clip.offset for clip in index.clips] == [20, 20]
    assert "offset frame 90" in index.exclusions[0]["reason"]
    assert "0 of 3 folders hold a clip from its onset to its offset: no number is taken from them" in index.notes


def test_missing_offsets_stay_open(tmp_path, read):
    written(tmp_path, mmew.Row("S05-02-001", offset=0))
    clip = read().clips[0]
    assert clip.offset == NO_FRAME
    assert "no offset in the sheet" in clip.notes


def test_repression_of_the_folders_is_others_of_the_sheet(tmp_path, read):
    mmew.write_sheet(tmp_path, [mmew.Row("S01-07-001", emotion="others"), mmew.Row("S01-07-002", emotion="repression")])
    for name in ("S01-07-001", "S01-07-002"):
        mmew.add_clip(tmp_path, name, emotion="repression")
    assert [clip.emotion for clip in read().clips] == ["others", "others"]


def test_two_emotions_of_one_clip_exclude_it(tmp_path, read):
    mmew.write_sheet(tmp_path, [mmew.Row(), mmew.Row("S03-01-003", emotion="anger")])
    for name in ("S03-01-002", "S03-01-003"):
        mmew.add_clip(tmp_path, name)
    index = read()
    assert [clip.video for clip in index.clips] == ["01-002"]
    assert index.exclusions[0]["reason"] == (
        "expected the emotion of the folder, happiness, found anger in the sheet; correct one of them"
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (
            {"filename": "EP01"},
            r"row 2, column 'Filename': expected the name of a clip such as S03-01-002, found 'EP01'",
        ),
        ({"subject": "S04"}, r"row 2, column 'Subject': expected 3, as the file name S03-01-002 says, found 'S04'"),
        ({"emotion": "bored"}, r"row 2, column 'Estimated Emotion': expected one of .*found 'bored'"),
        ({"onset": "x"}, r"row 2, column 'OnsetFrame': expected a frame number, found 'x'"),
    ],
)
def test_cells_that_cannot_be_are_refused_with_their_row(tmp_path, read, row, message):
    mmew.write_sheet(tmp_path, [mmew.Row(**row)])
    mmew.add_clip(tmp_path, "S03-01-002")
    with pytest.raises(DatasetError, match=message):
        read()


def test_two_folders_of_one_clip_are_a_question(tmp_path, read):
    mmew.write_sheet(tmp_path, [mmew.Row()])
    mmew.add_clip(tmp_path / "crops", "S03-01-002")
    mmew.add_clip(tmp_path / "whole", "S03-01-002")
    with pytest.raises(
        DatasetError, match=r"one folder S03-01-002, found .*crops.* and .*whole.*Set the dataset's root"
    ):
        read()


def test_wrong_root_sheet_and_column_say_what_is_expected(tmp_path, read):
    with pytest.raises(DatasetError, match=r"expected the recordings of MMEW as .*S03-01-002/1\.jpg.*no such folder"):
        read(root=tmp_path / "none")
    mmew.add_clip(tmp_path, "S03-01-002")
    with pytest.raises(DatasetError, match=r"expected the sheet MMEW_Micro_Exp\.xlsx"):
        read()
    mmew.write_sheet(tmp_path, [mmew.Row()], columns=["ApexFrameNo" if c == "ApexFrame" else c for c in mmew.COLUMNS])
    with pytest.raises(DatasetError, match=r"expected the column 'ApexFrame' \(nearest: 'ApexFrameNo'\)"):
        read()
    with pytest.raises(ConfigError, match="fps: expected a frame rate above 0"):
        MmewSettings(root=tmp_path, fps=0.0)


def test_whole_sheet_meets_every_published_count(tmp_path, read):
    mmew.write_sheet(tmp_path, mmew.official_rows())
    mmew.add_clip(tmp_path, "S01-01-001", emotion="surprise")
    report = validate_dataset("mmew", read(), official=True)
    assert report.differences == []
    found = {check.name: (check.official, check.found) for check in report.checks}
    assert (found["rows"], found["subjects"]) == ((300, 300), (36, 36))
    assert found["emotion6_mmew together"] == (234, 234)
    assert found["emotion4_mmew together"] == (263, 263)
    assert "Differences from the published counts:\n- none" in format_validation(report)
