import re
from dataclasses import replace

import pytest
from tests.datasets.fourdme import fourdme_fixture as fourdme
from tests.datasets.fourdme.fourdme_fixture import Row, add_clip, write_sheet

from merflow.datasets.clip_table import read_clips, write_clips
from merflow.datasets.fourdme.reader import fourdme_annotation, read_fourdme
from merflow.datasets.fourdme.settings import FourdmeSettings
from merflow.datasets.reading.frames import list_frames
from merflow.datasets.validation import format_validation, validate_dataset
from merflow.errors import ConfigError, DatasetError

TWICE = "column Onset is there 2 times, the first is read"
READ = f"annotation from {fourdme.MICRO_NAME}, sheet Sheet; {TWICE}"
FROM_CLIPS = "micro-expressions: frames of the layout clips, from gray_micro"


@pytest.fixture
def read(tmp_path):
    """Read the dataset whose root is the temporary folder."""
    return lambda **settings: read_fourdme("fourdme", FourdmeSettings(**{"root": tmp_path, **settings}))


@pytest.fixture
def clips(tmp_path, read):
    """Write the sheet and read its rows, without the frames of any."""

    def rows_as_clips(*rows, **columns):
        write_sheet(tmp_path, rows, **columns)
        (tmp_path / "gray_micro" / "S99").mkdir(parents=True, exist_ok=True)
        return list(read().annotated)

    return rows_as_clips


@pytest.mark.parametrize("above", ["", "4DME/", "4DME/grey part/"])
def test_a_clip_is_found_wherever_the_release_is_unpacked(tmp_path, read, above):
    write_sheet(tmp_path, [Row(aus="AUR2+12(k)+45", emotion="Positive+Surprise", fold=3)])
    folder = add_clip(tmp_path, folder=f"{above}gray_micro")
    index = read()
    (clip,) = index.clips
    assert tmp_path / clip.color == folder
    assert (clip.id, clip.subject, clip.video, clip.part) == ("S08_002_01_1_1823", "S08", "002_01_1", "")
    assert (clip.onset, clip.apex, clip.offset, clip.fps, clip.expression) == (1823, 1832, 1843, 60.0, "micro")
    assert (clip.aus, clip.emotion, clip.emotions, clip.fold) == ("AUR2+12(k)+45", "", "positive+surprise", "3")
    assert (clip.objective, clip.depth, clip.notes) == ("", "", "")
    assert list(list_frames(folder)) == list(range(1823, 1844))
    assert index.notes == (f"micro-expressions: frames of the layout clips, from {above}gray_micro", READ)


def test_emotions_and_folds_go_through_the_table_of_clips(tmp_path, read):
    write_sheet(tmp_path, [Row(), Row(clip="002_02_1", aus="45", emotion="", columns="none")])
    for clip in ("S08/002_01_1", "S08/002_02_1"):
        add_clip(tmp_path, clip)
    write_clips(read().clips, tmp_path / "clips.csv")
    again = read_clips(tmp_path / "clips.csv")
    assert [(clip.emotion, clip.emotions, clip.fold) for clip in again] == [
        ("negative", "negative", "1"),
        ("", "none", "1"),
    ]


def test_the_five_columns_are_the_labels_and_what_disagrees_is_noted(tmp_path, clips):
    found = clips(
        Row(clip="001_01_1", aus="AU4+12", emotion="Others"),
        Row(clip="001_02_1", aus="AU4+12", emotion="Negative"),
        Row(clip="001_03_1", aus="AU1+2", emotion="Positively surprise", columns="Surprise"),
        Row(clip="001_04_1", aus="AU4", emotion="Disgust", columns="Negative"),
        Row(clip="001_05_1", aus="AU4+7", units=[4]),
        Row(clip="001_06_1", aus="AU12 or AU14", emotion="Positive"),
    )
    assert [clip.emotions for clip in found] == ["others", "negative", "surprise", "negative", "negative", "positive"]
    assert [clip.notes for clip in found] == [
        "",
        "emotions 'negative', Table 4 gives 'others' for 'AU4+12'",
        "Emotion 'Positively surprise', its columns say 'surprise', which are read",
        "Emotion 'Disgust' not read, its columns are",
        "action units 'AU4+7', their columns say '4', not read",
        "action units 'AU12 or AU14' left open, masked in the AU loss",
    ]


def test_clips_that_differ_from_table_4_are_counted_and_named_also_without_frames(tmp_path, read):
    rows = [Row(clip=f"001_{i:02d}_1", aus=aus) for i, aus in enumerate(("AU4", "AU12", "AU45", "AU?"), start=1)]
    write_sheet(tmp_path, rows)
    add_clip(tmp_path, "S08/001_02_1")
    index = read()
    note = (
        "emotions of 2 of 3 clips are not those that Table 4 gives their units: S08_001_02_1_1823 (negative; positive "
        "of AU12), S08_001_03_1_1823 (negative; none of AU45)"
    )
    assert note in index.notes
    text = format_validation(validate_dataset("fourdme", index, official=True))
    assert f"- {note}\n" in text
    assert "S08_001_02_1_1823: emotions 'negative', Table 4 gives 'positive' for 'AU12'" in text


def test_empty_cells_of_all_emotions_are_no_label_and_not_none(tmp_path, read):
    empty = (*Row().cells()[: fourdme.MICRO_COLUMNS.index("Positive")], *[None] * 5, 0, 1, 2, 0)
    write_sheet(tmp_path, [empty])
    add_clip(tmp_path)
    (clip,) = read().clips
    assert (clip.emotion, clip.emotions) == ("", "")
    assert clip.notes == "no emotion: the cells of all five columns are empty"


@pytest.mark.parametrize(
    ("subject", "name", "video"),
    [
        ("S13", "S13_1st_001_01", "1st_001_01"),
        ("S13_1st", "001_01_1", "1st_001_01_1"),
        ("S13_1st", "S13_1st_001_01_1", "1st_001_01_1"),
        ("s13", "001_01_1", "001_01_1"),
        ("S13_2,", "001_01_1", "2_001_01_1"),
    ],
)
def test_sittings_of_one_person_are_one_subject(tmp_path, clips, subject, name, video):
    (clip,) = clips(Row(subject, name))
    assert (clip.subject, clip.video) == ("S13", video)


def test_sittings_are_told_apart_however_their_folders_are_spelt(tmp_path, read):
    write_sheet(tmp_path, [Row("S13_1st", "001_01_1"), Row("S13", "S13_2nd_001_01_1")])
    folders = [add_clip(tmp_path, name) for name in ("S13/S13_1st_001_01_1", "S13_2nd/001_01_1")]
    found = read().clips
    assert [tmp_path / clip.color for clip in found] == folders
    assert {clip.subject for clip in found} == {"S13"}


def test_long_videos_are_read_where_no_clips_are_cut_out(tmp_path, read):
    write_sheet(tmp_path, [Row(), Row(clip="002_01_2", onset=1900, apex=1910, offset=1925), Row(clip="003_01_1")])
    video = add_clip(tmp_path, "S08/S08_002_01", range(1700, 2000), layout="long")
    index = read()
    assert [(clip.video, tmp_path / clip.color) for clip in index.clips] == [("002_01_1", video), ("002_01_2", video)]
    assert [row["clip"] for row in index.exclusions] == ["S08_003_01_1_1823"]
    assert "expected a folder 003_01_1 of subject S08, found 'S08_002_01'" in index.exclusions[0]["reason"]
    assert index.notes[0] == "micro-expressions: frames of the layout long, from long_gray_video/long gray video"
    add_clip(tmp_path)
    index = read()
    assert [clip.color for clip in index.clips] == ["gray_micro/S08/002_01_1"]
    assert index.notes[0] == FROM_CLIPS
    assert "frames of other layouts that are not read: long" in index.notes
    assert [clip.color for clip in read(layout="long").clips] == [video.relative_to(tmp_path).as_posix()] * 2


def test_cropped_faces_are_read_when_they_are_asked_for_or_alone(tmp_path, read):
    write_sheet(tmp_path, [Row()])
    add_clip(tmp_path)
    add_clip(tmp_path, layout="cropped")
    assert [clip.color for clip in read(layout="cropped").clips] == ["gray_micro_crop/S08/002_01_1"]
    assert [clip.color for clip in read().clips] == ["gray_micro/S08/002_01_1"]
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    (tmp_path / fourdme.MICRO_NAME).rename(sheets / fourdme.MICRO_NAME)
    (clip,) = read(root=tmp_path / "gray_micro_crop", annotation=sheets).clips
    assert clip.color == "S08/002_01_1"


def test_frames_of_other_cameras_are_never_taken(tmp_path, read):
    write_sheet(tmp_path, [Row()])
    for folder in ("rgb_micro", "depth_micro", "gray/mesh_micro"):
        add_clip(tmp_path, folder=folder)
    with pytest.raises(
        DatasetError,
        match=r"expected the grey frames of the micro-expressions of 4DME as <root>/gray_micro/S08/.* or <root>/long",
    ):
        read()
    add_clip(tmp_path)
    assert [clip.color for clip in read().clips] == ["gray_micro/S08/002_01_1"]


def test_a_subject_in_two_folders_of_one_layout_or_a_clip_twice_is_a_question(tmp_path, read):
    write_sheet(tmp_path, [Row()])
    add_clip(tmp_path, folder="a/gray_micro")
    add_clip(tmp_path, "S09/001_01_1", folder="b/gray_micro")
    assert len(read().clips) == 1
    add_clip(tmp_path, folder="b/gray_micro")
    message = "recordings of subject S08 in one folder, found them in .*a/gray_micro and .*b/gray_micro"
    with pytest.raises(DatasetError, match=message):
        fourdme_annotation(FourdmeSettings(root=tmp_path))
    add_clip(tmp_path, "S08/S08_002_01_1", folder="a/gray_micro")
    with pytest.raises(DatasetError, match=r"one folder of the clip S08_002_01_1, found .*S08/002_01_1 and .*S08_002"):
        read(root=tmp_path / "a", annotation=tmp_path)


def test_the_internal_sheet_is_refused_in_one_sentence(tmp_path, read):
    fourdme.write_internal(tmp_path)
    add_clip(tmp_path)
    message = r"expected the released sheet .*found an internal one .*an apostrophe \(sub_ID'\).*University of Oulu"
    with pytest.raises(DatasetError, match=message):
        read()


def test_a_missing_column_is_named_with_those_that_are_there(tmp_path, clips):
    columns = ["Folds" if name == "fold" else name for name in fourdme.MICRO_COLUMNS]
    with pytest.raises(DatasetError, match=r"'fold' \(nearest: 'Folds'\); found sub_ID, fold_name, .* in row 1"):
        clips(Row(), columns=columns)


def test_totals_below_the_rows_are_passed_over_and_said(tmp_path, read):
    total = (None,) * 7 + (46,) * len(fourdme.UNITS) + (56, 142, 54, 24, 31, 34, None, 500, None)
    write_sheet(tmp_path, [Row(), total])
    add_clip(tmp_path)
    index = read()
    assert len(index.annotated) == 1
    assert "rows that name no clip, passed over: 3" in index.notes


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"subject": "8"}, r"row 2, column 'sub_ID': expected a subject such as S08, found '8'"),
        (
            {"clip": "S09_001_01"},
            r"row 2, column 'fold_name': expected the name of a clip of S08, .* found 'S09_001_01'",
        ),
        ({"clip": None}, r"column 'fold_name': expected the name of a clip"),
        ({"onset": "x"}, r"row 2, column 'Onset': expected a frame number, found 'x'"),
        ({"onset": None}, r"row 2, column 'Onset': expected a frame number, found an empty cell"),
        ({"fold": 6}, r"row 2, column 'fold': expected a fold of 1 to 5, found '6'"),
    ],
)
def test_cells_that_cannot_be_are_refused_with_their_row(clips, row, message):
    with pytest.raises(DatasetError, match=message):
        clips(Row(**row))


@pytest.mark.parametrize("column", ["Positive", "AU7"])
def test_a_truth_value_that_is_none_is_refused(clips, column):
    cells = list(Row().cells())
    cells[fourdme.MICRO_COLUMNS.index(column)] = 2
    with pytest.raises(DatasetError, match=rf"row 2, column '{column}': expected 0 or 1, found '2'"):
        clips(cells)


def test_a_subject_in_two_folds_is_refused_with_both_rows(clips):
    with pytest.raises(DatasetError, match=r"found S08 in fold 1 \(.*row 2\) and in fold 2 \(.*row 4\)"):
        clips(Row(), Row("S09", fold=2), Row(clip="003_01_1", fold=2))


def test_two_rows_of_one_clip_are_refused_by_row(tmp_path, read):
    write_sheet(tmp_path, [Row(), Row(clip="S08_002_01_1", apex=1833)])
    add_clip(tmp_path)
    with pytest.raises(DatasetError, match=r"one clip named 'S08_002_01_1_1823', found two: .*row 2 .*row 3"):
        read()


def test_settings_are_checked(tmp_path):
    for wrong, words in [
        ({"fps": 0.0}, "fps: expected a frame rate above 0"),
        ({"expressions": ()}, "expressions: expected at least one of micro, macro"),
        ({"layout": "gray"}, "layout: expected one of auto, clips, long, cropped"),
        ({"exchange": "yes"}, "exchange: expected one of auto, always, never"),
    ]:
        with pytest.raises(ConfigError, match=words):
            FourdmeSettings(root=tmp_path, **wrong)


def macro_rows():
    """Two macro-expressions, one of a person without micro-expressions, and a micro-expression."""
    return [
        Row(clip="002_01_2", onset=1900, apex=1930, offset=1960, aus="AU12", emotion="Positive"),
        Row("S30", "004_01_1", onset=500, apex=520, offset=530, fold=4),
        Row(),
    ]


def test_macro_expressions_come_from_their_sheet_and_lie_in_the_long_videos(tmp_path, read):
    write_sheet(tmp_path, [Row(fold=2)])
    write_sheet(tmp_path, [replace(row, fold=None) for row in macro_rows()], name=fourdme.MACRO_NAME)
    add_clip(tmp_path)
    video = add_clip(tmp_path, "S08/S08_002_01", range(1700, 2000), layout="long")
    index = read(expressions=("micro", "macro"))
    assert [(clip.expression, clip.id, clip.fold, clip.emotions) for clip in index.annotated] == [
        ("micro", "S08_002_01_1_1823", "2", "negative"),
        ("macro", "S08_002_01_2_1900", "2", "positive"),  # the fold of its subject
        ("macro", "S30_004_01_1_500", "", "negative"),
    ]
    assert [tmp_path / clip.color for clip in index.clips] == [tmp_path / "gray_micro/S08/002_01_1", video]
    assert "macro-expressions: frames of the layout long, from long_gray_video/long gray video" in index.notes
    assert (
        f"{fourdme.MACRO_NAME}: 1 rows of less than 0.5 s, micro-expressions by definition, passed over" in index.notes
    )
    add_clip(tmp_path, "S08/002_01_2", range(1900, 1961), folder="gray_macro")
    assert read(expressions=("macro",)).clips[0].color == "gray_macro/S08/002_01_2"


def test_a_missing_sheet_of_macro_expressions_is_asked_for(tmp_path, read):
    write_sheet(tmp_path, [Row()])
    for folder in ("gray_micro", "gray_macro"):
        add_clip(tmp_path, folder=folder)
    with pytest.raises(DatasetError, match=r"a sheet of macro-expressions in .*found neither.*macro_annotation"):
        read(expressions=("macro",))
    other = write_sheet(tmp_path / "more", macro_rows()[:1], name="labels.xlsx")
    assert len(read(expressions=("macro",), macro_annotation=other).annotated) == 1
    write_sheet(tmp_path / "more", [replace(macro_rows()[0], fold=5)], name="labels.xlsx")
    with pytest.raises(
        DatasetError, match=r"row 2: expected S08 in fold 1, as its micro-expressions are, found fold 5"
    ):
        read(expressions=("macro",), macro_annotation=other)


def test_annotation_may_be_the_workbook_under_another_name_and_what_lies_beside_is_said(tmp_path, read):
    add_clip(tmp_path)
    path = write_sheet(tmp_path / "sheets", [Row()], name="labels.xlsx")
    with pytest.raises(DatasetError, match=r"expected the sheet 4DME_Labelling_Micro_release v1\.xlsx .*only labels"):
        read()
    assert fourdme_annotation(FourdmeSettings(root=tmp_path, annotation=path)) == [path]
    assert len(read(annotation=path).clips) == 1
    write_sheet(tmp_path, [Row()])
    write_sheet(
        tmp_path, [("S08", "002_01_1", 1, "2'")], name=fourdme.EXTRAS_NAME, columns=("sub_ID", "fold_name", "fold")
    )
    assert f"other sheets that are not read: {fourdme.EXTRAS_NAME}, labels.xlsx" in read().notes


@pytest.mark.parametrize("digits", [5, 1])
def test_frames_keep_their_numbers_whatever_their_names(tmp_path, read, digits):
    write_sheet(tmp_path, [Row()])
    folder = add_clip(tmp_path)
    for path in sorted(folder.iterdir()):
        number = int(re.findall(r"\d+", path.stem)[-1])
        path.rename(folder / f"img_{number:0{digits}d}.png")
    (clip,) = read().clips
    assert (clip.onset, clip.notes) == (1823, "")


def test_frames_that_count_anew_are_refused(tmp_path, read):
    write_sheet(tmp_path, [Row(), Row(clip="003_01_1")])
    for clip in ("S08/002_01_1", "S08/003_01_1"):
        add_clip(tmp_path, clip, range(1, 22))
    with pytest.raises(DatasetError, match="they count from 1 in 2 of 2 folders"):
        read()


def test_clips_are_sorted_by_number(tmp_path, clips):
    found = clips(Row("S10", "001_01_1"), Row("S09", "010_01_1"), Row("S09", "009_01_1"))
    assert [clip.id for clip in found] == ["S09_009_01_1_1823", "S09_010_01_1_1823", "S10_001_01_1_1823"]


def test_frames_of_the_kind_that_is_asked_for_must_be_there(tmp_path, read):
    write_sheet(tmp_path, [Row()])
    write_sheet(tmp_path, macro_rows(), name=fourdme.MACRO_NAME)
    add_clip(tmp_path)
    with pytest.raises(
        DatasetError, match=r"frames of the macro-expressions of 4DME as <root>/gray_macro/.*found only"
    ):
        read(expressions=("macro",))
    with pytest.raises(DatasetError, match=r"only the layout clips\. Set the dataset's layout to clips, or its root"):
        read(layout="long")
    with pytest.raises(DatasetError, match=r"<root>/gray_micro_crop/.*found no such folder"):
        read(root=tmp_path / "none")
