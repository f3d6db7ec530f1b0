import pytest
from tests.datasets.dfme import dfme_fixture as dfme
from tests.plan_fixture import SETTINGS, experiment

from merflow import plan
from merflow.datasets.clip_table import write_clips
from merflow.datasets.dfme.reader import DfmeSettings, dfme_annotation, read_dfme
from merflow.datasets.labels import label_set_named
from merflow.datasets.validation import format_validation, validate_dataset
from merflow.errors import ConfigError, DatasetError
from merflow.training.labelled import folds_of_clips, labelled_clips


@pytest.fixture
def read(tmp_path):
    """Read the dataset whose root is the temporary folder."""
    return lambda **settings: read_dfme("dfme", DfmeSettings(**{"root": tmp_path, **settings}))


def test_a_clip_with_its_own_frame_rate(tmp_path, read):
    path = dfme.write_sheet(tmp_path, [dfme.Row(), dfme.Row("sub0003_02", fps=500.0)])
    folder = dfme.add_clip(tmp_path, "sub0003_01", range(109, 141))
    dfme.add_clip(tmp_path, "sub0003_02", range(109, 141))
    index = read()
    clip, other = index.clips
    assert dfme_annotation(DfmeSettings(root=tmp_path)) == [path]
    assert tmp_path / clip.color == folder
    assert (clip.id, clip.subject, clip.video, clip.part) == ("sub0003_01_109", "sub0003", "01", "train")
    assert (clip.onset, clip.apex, clip.offset) == (109, 120, 140)
    assert (clip.fps, other.fps) == (300.0, 500.0)
    assert (clip.expression, clip.emotion, clip.aus, clip.objective) == ("micro", "happiness", "L12, 23", "VII")
    assert clip.notes == "objective class taken from the action units"
    assert index.notes == ("train: frames from train_data/train_data", f"annotation from {path.name}, sheet Sheet")


def test_an_onset_of_zero_is_a_frame(tmp_path, read):
    dfme.write_sheet(tmp_path, [dfme.Row(onset=0, apex=12, offset=30)])
    dfme.add_clip(tmp_path, "sub0003_01", range(31))
    assert [clip.onset for clip in read().clips] == [0]


def test_rows_of_a_test_split_without_labels_are_clips_and_no_errors(tmp_path, read):
    dfme.write_sheet(tmp_path, [dfme.Row()])
    dfme.add_clip(tmp_path, "sub0003_01", range(109, 141))
    bare = dfme.write_sheet(tmp_path, [dfme.Row("sub0300_01")], part="test_a", columns=dfme.COLUMNS[:5])
    dfme.add_clip(tmp_path, "sub0300_01", range(109, 141), part="test_a")
    index = read(fps=200.0)
    assert index.exclusions == ()
    train, test = index.clips
    assert (train.part, train.emotion, train.fps) == ("train", "happiness", 300.0)
    assert (test.part, test.emotion, test.aus, test.fps) == ("test_a", "", "", 200.0)
    assert test.notes == "no action units in the sheet"
    assert "test_a: clips without a label: 1 of 1" in index.notes
    assert dfme_annotation(DfmeSettings(root=tmp_path))[1] == bare
    assert "emotion (none)" in format_validation(validate_dataset("dfme", index, official=True))


def test_one_split_trains_and_another_is_tested(tmp_path, read):
    words = {"happiness": 4, "fear": 3}
    for part, people in {"train": ("sub0001", "sub0002"), "test_a": ("sub0300", "sub0301")}.items():
        names = {f"{one}_{k:02d}": word for one in people for k, word in enumerate(words)}
        rows = [dfme.Row(name, emotion=word, number=words[word]) for name, word in names.items()]
        dfme.write_sheet(tmp_path, rows, part=part)
        for name in names:
            dfme.add_clip(tmp_path, name, range(109, 141), part=part)
    clips = list(read().clips)
    assert {clip.fold for clip in clips} == {"train", "testA"}
    write_clips(clips, tmp_path / "clips.csv")
    held_out = experiment(SETTINGS | {"labels": "emotion7_dfme", "protocol": {"name": "holdout", "fold": "testA"}})
    assert plan.folds(tmp_path / "clips.csv", held_out) == ["holdout"]
    (fold,) = folds_of_clips(labelled_clips(clips, label_set_named("emotion7_dfme")), held_out.protocol)
    assert {clips[row].part for row in fold.train} == {"train"}
    assert {clips[row].part for row in fold.test} == {"test_a"}


def test_the_sheet_of_the_full_release_comes_before_that_without_labels(tmp_path, read):
    dfme.write_sheet(tmp_path, [dfme.Row()], part="test_a")
    dfme.write_sheet(tmp_path, [dfme.Row()], name="test_A.xlsx", columns=dfme.COLUMNS[:5])
    dfme.add_clip(tmp_path, "sub0003_01", range(109, 141), part="test_a")
    index = read()
    assert [clip.emotion for clip in index.clips] == ["happiness"]
    assert "testA_full_with_AU.xlsx is read, the sheets of the same split are not: test_A.xlsx" in index.notes


def test_two_sheets_of_one_split_are_a_question(tmp_path, read):
    for name in ("train.xlsx", "training.xlsx"):
        dfme.write_sheet(tmp_path, [dfme.Row()], name=name)
    dfme.add_clip(tmp_path, "sub0003_01", [109])
    with pytest.raises(DatasetError, match=r"one sheet of the split train, found .*train\.xlsx, .*training\.xlsx"):
        read()


def test_one_name_in_two_splits_is_two_clips_only_where_onsets_differ(tmp_path, read):
    dfme.write_sheet(tmp_path, [dfme.Row()])
    dfme.write_sheet(tmp_path, [dfme.Row(onset=100)], part="test_b")
    for part in ("train", "test_b"):
        dfme.add_clip(tmp_path, "sub0003_01", range(100, 141), part=part)
    assert [clip.color for clip in read().clips] == ["train_data/train_data/sub0003_01", "test_data_B/sub0003_01"]
    dfme.write_sheet(tmp_path, [dfme.Row()], part="test_b")
    with pytest.raises(
        DatasetError, match=r"expected one clip named 'sub0003_01_109', found two: .*training_full.*testB"
    ):
        read()


def test_a_split_that_is_asked_for_needs_its_sheet_and_its_recordings(tmp_path, read):
    dfme.write_sheet(tmp_path, [dfme.Row()])
    dfme.add_clip(tmp_path, "sub0003_01", range(109, 141))
    with pytest.raises(
        DatasetError, match=r"expected the sheet of the split test_b of DFME, such as testB_full_with_AU"
    ):
        read(parts=("train", "test_b"))
    dfme.write_sheet(tmp_path, [dfme.Row()], part="test_b")
    with pytest.raises(DatasetError, match=r"expected the recordings of the split test_b of DFME .*found train"):
        read()
    assert len(read(parts=("train",)).clips) == 1


def test_recordings_in_a_folder_whose_name_tells_no_split(tmp_path, read):
    sheet = dfme.write_sheet(tmp_path / "sheets", [dfme.Row()], name="coding.xlsx")
    folder = tmp_path / "DFME" / "sub0003_01"
    folder.mkdir(parents=True)
    for number in range(109, 141):
        (folder / f"{number:05d}.png").touch()
    (clip,) = read(root=tmp_path / "DFME", annotation=sheet).clips
    assert (clip.part, clip.color) == ("train", "sub0003_01")


def test_two_emotions_of_one_row_and_no_frame_rate_exclude_the_clip(tmp_path, read):
    path = dfme.write_sheet(tmp_path, [dfme.Row(number=2), dfme.Row("sub0003_02", fps=None)])
    for name in ("sub0003_01", "sub0003_02"):
        dfme.add_clip(tmp_path, name, range(109, 141))
    index = read()
    reasons = [row["reason"] for row in index.exclusions]
    assert reasons[0] == "expected one emotion, found happiness in the column Emotion and 2, disgust, in EmotionId"
    assert reasons[1].startswith("expected the frames per second in the column Fps, found none")
    assert index.exclusions[0]["source"] == f"{path.name}, row 2"
    assert [clip.video for clip in read(fps=200.0).clips] == ["02"]


def test_an_emotion_may_be_given_by_its_number_alone(tmp_path, read):
    dfme.write_sheet(tmp_path, [dfme.Row(emotion=None, number=6)])
    dfme.add_clip(tmp_path, "sub0003_01", range(109, 141))
    assert [clip.emotion for clip in read().clips] == ["surprise"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"filename": "EP01"}, r"row 2, column 'Filename': expected a clip such as sub0003_01, found 'EP01'"),
        ({"subject": "sub0004"}, r"row 2, column 'Subject': expected sub0003, as the file name sub0003_01 says"),
        ({"number": 7}, r"row 2, column 'EmotionId': expected a number from 0 to 6, found '7'"),
        ({"fps": "fast"}, r"row 2, column 'Fps': expected a frame rate such as 200, found 'fast'"),
        ({"fps": "1.000"}, r"row 2, column 'Fps': .* found '1.000', which may be 1 or 1000: write 1 or 1000"),
        ({"fps": -200}, r"row 2, column 'Fps': expected a frame rate such as 200, found '-200'"),
        ({"emotion": "bored"}, r"row 2, column 'Emotion': expected one of .*found 'bored'"),
    ],
)
def test_cells_that_cannot_be_are_refused_with_their_row(tmp_path, read, row, message):
    dfme.write_sheet(tmp_path, [dfme.Row(**row)])
    dfme.add_clip(tmp_path, "sub0003_01", [109])
    with pytest.raises(DatasetError, match=message):
        read()


def test_wrong_root_and_settings(tmp_path, read):
    with pytest.raises(DatasetError, match=r"expected the sheet of the split train of DFME.*found no such folder"):
        read(root=tmp_path / "none")
    with pytest.raises(ConfigError, match="parts: expected one of train, test_a, test_b"):
        DfmeSettings(root=tmp_path, parts=("dev",))
    with pytest.raises(ConfigError, match="fps: expected a frame rate above 0"):
        DfmeSettings(root=tmp_path, fps=0.0)


def test_whole_sheets_meet_every_published_count(tmp_path, read):
    for part in dfme.SHEETS:
        dfme.write_sheet(tmp_path, dfme.official_rows(part), part=part)
        dfme.add_clip(tmp_path, "sub0001_01", range(109, 141), part=part)
    report = validate_dataset("dfme", read(), official=True)
    assert report.differences == []
    found = {(check.group, check.name): (check.official, check.found) for check in report.checks}
    assert found["part train micro", "rows"] == (1856, 1856)
    assert found["part test_a micro", "emotion disgust"] == (129, 129)
    assert found["part test_b micro", "subjects"] == (41, 41)
    assert found["part train micro", "emotion7_dfme together"] == (1856, 1856)
