import pytest
from tests.datasets.casme_sq import casme_sq_fixture as casme_sq

from merflow.datasets.casme_sq.reader import CasmeSqSettings, casme_sq_annotation, read_casme_sq
from merflow.datasets.casme_sq.sheets import PUBLISHED_CODES, PUBLISHED_SUBJECTS
from merflow.datasets.validation import format_validation, validate_dataset
from merflow.errors import ConfigError, DatasetError

BOTH = ("micro", "macro")


@pytest.fixture
def read(tmp_path):
    """Read the dataset whose root is the temporary folder."""
    return lambda **settings: read_casme_sq("sq", CasmeSqSettings(**{"root": tmp_path, **settings}))


def test_an_expression_in_its_long_video(tmp_path, read):
    path = casme_sq.write_sheet(tmp_path, [casme_sq.Row()])
    folder = casme_sq.add_long(tmp_path, 15, "anger1", range(500, 600))
    index = read()
    (clip,) = index.clips
    assert casme_sq_annotation(CasmeSqSettings(root=tmp_path)) == [path]
    assert tmp_path / clip.color == folder
    assert (clip.id, clip.subject, clip.video) == ("s15_anger1_1_557", "s15", "anger1_1")
    assert (clip.onset, clip.apex, clip.offset, clip.fps) == (557, 563, 570, 30.0)
    assert (clip.expression, clip.emotion, clip.aus, clip.objective) == ("micro", "negative", "4+7", "III")
    assert index.notes == (
        "frames of the layout raw, from rawpic",
        f"annotation from {casme_sq.SHEET}, sheet CASFEcode_final",
    )


@pytest.mark.parametrize("layout", ["selectedpic", "cropped"])
def test_expressions_that_were_cut_out_keep_the_numbers_of_the_long_video(tmp_path, read, layout):
    casme_sq.write_sheet(tmp_path, [casme_sq.Row()])
    folder = casme_sq.add_cut(tmp_path, 15, "anger1_1", range(557, 571), layout=layout)
    (clip,) = read().clips
    assert tmp_path / clip.color == folder
    assert (clip.subject, clip.onset) == ("s15", 557)


def test_the_long_videos_come_first_unless_another_layout_is_asked_for(tmp_path, read):
    casme_sq.write_sheet(tmp_path, [casme_sq.Row()])
    casme_sq.add_long(tmp_path, 15, "anger1", range(500, 600))
    casme_sq.add_cut(tmp_path, 15, "anger1_1", range(557, 571))
    (tmp_path / "rawvideo" / "s15").mkdir(parents=True)
    index = read()
    assert index.clips[0].color == "rawpic/s15/15_0401girlcrashing"
    assert "frames of other layouts that are not read: selected" in index.notes
    assert read(layout="selected").clips[0].color == "selectedpic/s15/anger1_1"
    with pytest.raises(DatasetError, match="found only the layout raw, selected"):
        read(layout="cropped")


def test_macro_expressions_are_read_when_they_are_asked_for(tmp_path, read):
    casme_sq.write_sheet(
        tmp_path, [casme_sq.Row(), casme_sq.Row(video="happy1_2", kind="macro-expression", emotion="positive")]
    )
    casme_sq.add_long(tmp_path, 15, "anger1", range(500, 600))
    casme_sq.add_long(tmp_path, 15, "happy1", range(500, 600))
    assert [clip.expression for clip in read().clips] == ["micro"]
    found = {clip.video: (clip.expression, clip.emotion) for clip in read(expressions=BOTH).clips}
    assert found == {"anger1_1": ("micro", "negative"), "happy1_2": ("macro", "positive")}


@pytest.mark.parametrize("offset", [0, 0.0, None, "/"])
def test_an_offset_that_is_not_annotated_is_the_apex(tmp_path, read, offset):
    casme_sq.write_sheet(tmp_path, [casme_sq.Row(offset=offset)])
    casme_sq.add_long(tmp_path, 15, "anger1", range(500, 600))
    (clip,) = read().clips
    assert (clip.apex, clip.offset) == (563, 563)
    assert clip.notes.startswith("no offset in the sheet, the apex 563 taken")


def test_a_video_in_the_folder_of_another_subject_is_that_of_its_name(tmp_path, read):
    """A copy of the release has 23_0502funnyerrors among the videos of s19."""
    casme_sq.write_sheet(tmp_path, [casme_sq.Row(7, "happy1_1")])
    casme_sq.add_long(tmp_path, 23, "happy1", range(500, 600), inside="s19")
    index = read()
    assert [(clip.subject, clip.color) for clip in index.clips] == [("s23", "rawpic/s19/23_0502funnyerrors")]
    assert "s19/23_0502funnyerrors is taken for a video of s23, as its name says, not of s19" in index.notes


def test_two_folders_of_one_video_are_a_question(tmp_path, read):
    casme_sq.write_sheet(tmp_path, [casme_sq.Row(7, "happy1_1")])
    casme_sq.add_long(tmp_path, 23, "happy1", [557], inside="s19")
    casme_sq.add_long(tmp_path, 23, "happy1", [557])
    with pytest.raises(DatasetError, match=r"one folder of the video 0502 of s23, found .*s19.* and .*s23"):
        read()


def test_a_file_of_another_name_is_no_frame_and_its_neighbour_stands_in(tmp_path, read):
    """s19/happy4_1 of a copy of the release has a frame named img2977.jpg.jpg."""
    casme_sq.write_sheet(tmp_path, [casme_sq.Row(3, "happy4_1", 2970, 2977, 2985)])
    folder = casme_sq.add_cut(tmp_path, 19, "happy4_1", [n for n in range(2970, 2986) if n != 2977])
    (folder / "img2977.jpg.jpg").touch()
    (clip,) = read().clips
    assert clip.apex == 2976
    assert "apex frame 2977 is missing, 2976 taken" in clip.notes


def test_remarks_and_a_header_that_somebody_added_are_passed_over(tmp_path, read):
    casme_sq.write_sheet(
        tmp_path,
        [casme_sq.Row()],
        above=[("Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Emotion", "Type", "Self-report")],
        below=[(), ("total", 357), ("", "0 = not annotated")],
    )
    casme_sq.add_long(tmp_path, 15, "anger1", range(500, 600))
    index = read()
    assert len(index.annotated) == len(index.clips) == 1


def test_a_workbook_without_its_naming_sheets_is_read_with_the_published_names(tmp_path, read):
    casme_sq.write_sheet(tmp_path, [casme_sq.Row(22, "happy4_1")], naming=False)
    casme_sq.add_long(tmp_path, 40, "happy4", range(500, 600))
    index = read()
    assert [clip.subject for clip in index.clips] == ["s40"]
    assert sum("as public loaders have them" in note for note in index.notes) == 2


def test_the_published_names_are_those_of_the_naming_sheets():
    assert {str(k): f"s{person}" for k, person in enumerate(casme_sq.SUBJECTS, start=1)} == PUBLISHED_SUBJECTS
    assert {shown: PUBLISHED_CODES[shown] for shown in casme_sq.CODES} == {
        shown: code for shown, (code, _) in casme_sq.CODES.items()
    }


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"subject": 23}, r"row 1, column 'subject': expected one of 1, 2, .*found '23'"),
        ({"video": "anger"}, r"row 1, column 'video': expected what was shown and a number, such as disgust1_1"),
        ({"kind": "long"}, r"row 2, column 'type': expected one of .*found 'long'"),
        ({"kind": None}, r"row 2, column 'type': expected micro-expression or macro-expression, found an empty cell"),
        ({"kind": None, "onset": None}, r"row 2, column 'type': expected micro-expression or macro-expression"),
        ({"emotion": "bored"}, r"row 1, column 'emotion': expected one of .*found 'bored'"),
    ],
)
def test_cells_that_cannot_be_are_refused_with_their_row(tmp_path, read, row, message):
    rows = [casme_sq.Row(**row)]
    casme_sq.write_sheet(tmp_path, [casme_sq.Row(), *rows] if "kind" in row else rows)
    casme_sq.add_long(tmp_path, 15, "anger1", [557])
    with pytest.raises(DatasetError, match=message):
        read()


def test_an_unreadable_cell_is_named_by_its_address(tmp_path, read):
    casme_sq.write_sheet(tmp_path, [casme_sq.Row(apex="#REF!")])
    casme_sq.add_long(tmp_path, 15, "anger1", [557])
    with pytest.raises(DatasetError, match=r"D1 \(apex\): #REF!"):
        read()


def test_another_workbook_wrong_root_and_settings(tmp_path, read):
    with pytest.raises(DatasetError, match=r"expected the recordings of CAS\(ME\)\^2 as .*found no such folder"):
        read(root=tmp_path / "none")
    casme_sq.add_long(tmp_path, 15, "anger1", [557])
    with pytest.raises(DatasetError, match=r"expected the sheet CAS\(ME\)\^2code_final\.xlsx"):
        read()
    casme_sq.write_sheet(tmp_path, [], below=[("Subject", "Filename", "OnsetFrame")])
    with pytest.raises(DatasetError, match=r"expected a sheet without a header, .* in column H; found CASFEcode_final"):
        read()
    with pytest.raises(ConfigError, match="expressions: expected some of micro, macro"):
        CasmeSqSettings(root=tmp_path, expressions=())
    with pytest.raises(ConfigError, match="expressions: expected one of micro, macro"):
        CasmeSqSettings(root=tmp_path, expressions=("large",))
    with pytest.raises(ConfigError, match="fps: expected a frame rate above 0"):
        CasmeSqSettings(root=tmp_path, fps=0.0)


@pytest.mark.parametrize("name", ["code_final.xlsx", "CAS(ME)^2code_final(Updated).xlsx"])
def test_whole_sheet_meets_every_published_count(tmp_path, read, name):
    casme_sq.write_sheet(tmp_path, casme_sq.official_rows(), name=name)
    casme_sq.add_long(tmp_path, 15, "anger1", range(500, 600))
    report = validate_dataset("casme_sq", read(expressions=BOTH), official=True)
    assert report.differences == []
    found = {(check.group, check.name): (check.official, check.found) for check in report.checks}
    assert found["micro", "rows"] == (57, 57)
    assert found["macro", "rows"] == (300, 300)
    assert found["micro", "emotion4 together"] == (57, 57)
    assert found["micro", "emotion3 together"] == (38, 38)
    assert "Differences from the published counts:\n- none" in format_validation(report)
