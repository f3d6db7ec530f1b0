from collections import Counter

import pytest
from tests.datasets.bp4d import bp4d_fixture as bp4d

from merflow.datasets.action_units import known_units
from merflow.datasets.bp4d.folds import FOLDS
from merflow.datasets.bp4d.reader import Bp4dSettings, bp4d_annotation, read_bp4d
from merflow.datasets.bp4d.tables import sequence_of
from merflow.datasets.labels import LABEL_SETS, label_set_named
from merflow.datasets.reading.scans import scan_paths, scans_of_clip
from merflow.datasets.validation import format_validation, validate_dataset
from merflow.errors import BadClipError, ConfigError, DatasetError

FRAMES = range(2440, 2470)
RUN = [0] * 4 + [1] * 15 + [0] * 11  # frames 2444 to 2458
NEVER = [0] * 30


@pytest.fixture
def read(tmp_path):
    """Read the dataset whose root is the temporary folder."""
    return lambda **settings: read_bp4d("bp4d", Bp4dSettings(**{"root": tmp_path, **settings}))


def one_sequence(root, units, **sequence):
    path = bp4d.write_occurrences(root, "F001", "T1", FRAMES, units)
    bp4d.add_sequence(root, "F001", "T1", FRAMES, **sequence)
    return path


@pytest.mark.parametrize("digits", [3, 4])
def test_a_run_of_a_unit_is_a_clip(tmp_path, read, digits):
    path = one_sequence(tmp_path, {6: NEVER, 12: RUN}, digits=digits)
    index = read()
    (clip,) = index.clips
    assert bp4d_annotation(Bp4dSettings(root=tmp_path)) == [path]
    assert (clip.id, clip.subject, clip.video) == ("F001_T1-12_2444", "F001", "T1-12")
    assert (clip.onset, clip.apex, clip.offset, clip.fps) == (2444, 2451, 2458, 25.0)
    assert (clip.expression, clip.aus, clip.objective, clip.emotion) == ("macro", "12", "", "")
    assert clip.coded_units == "6 12"
    assert clip.color == "Sequences(2D+3D)/F001/T1"
    assert clip.notes.startswith("no intensities of AU 12, the middle frame 2451 taken for the apex")
    assert (
        "1 clip: runs of 13 frames or more of AU 1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24 in 1 sequence" in index.notes
    )
    assert "every table codes AU 6, 12; a label set with another unit has no clip" in index.notes


@pytest.mark.parametrize(("least", "found"), [(15, 1), (16, 0)])
def test_shorter_runs_are_no_clips(tmp_path, read, least, found):
    one_sequence(tmp_path, {12: RUN})
    assert len(read(min_frames=least).clips) == found


def test_a_run_has_the_meshes_of_its_own_frames_where_landmarks_are_named(tmp_path, read):
    one_sequence(tmp_path, {12: RUN})
    (tmp_path / "lm").mkdir()
    for number in FRAMES:
        (tmp_path / f"Sequences(2D+3D)/F001/T1/{number}.obj").touch()
        (tmp_path / f"lm/F001_T1_{number}.bnd").touch()
    (tmp_path / "lm/F001_T1_2450.bnd").unlink()
    assert [clip.meshes for clip in read().clips] == [""]
    index = read(landmarks="lm/{subject}_{task}_*")
    (clip,) = index.clips
    assert clip.notes.endswith("14 landmarks where there are 15 pictures")
    assert index.notes[-1] == "clips with meshes: 1 of 1"
    with pytest.raises(BadClipError, match="landmarks of each of the 15 meshes, found none of frame 2450"):
        scans_of_clip(clip, tmp_path)
    (tmp_path / "lm/F001_T1_2450.bnd").touch()
    scans = scans_of_clip(clip, tmp_path)
    assert [one.number for one in scans] == list(range(2444, 2459))
    assert (scans[0].mesh.name, scans[0].texture.name) == ("2444.obj", "2444.jpg")
    assert {path.name for path in scan_paths(clip, tmp_path)} >= {"2444.obj", "2458.jpg", "F001_T1_2458.bnd"}
    assert not any("2443" in path.name or "2459" in path.name for path in scan_paths(clip, tmp_path))
    with pytest.raises(ConfigError, match=r"landmarks: expected a pattern below the root with \{subject\}, \{task\}"):
        read(landmarks="lm/{subject}/*")


def test_people_of_bp4d_plus_are_a_question_until_the_settings_say_how_its_frames_are_counted(tmp_path, read):
    for subject in ("F001", "F082"):
        bp4d.write_occurrences(tmp_path, subject, "T1", FRAMES, {12: RUN})
        bp4d.add_sequence(tmp_path, subject, "T1", FRAMES)
    with pytest.raises(DatasetError, match="expected the people of BP4D, F001 to F023 and M001 to M018, found F082"):
        read()
    for before in (0, 1):
        found = {(clip.subject, clip.onset, clip.fold) for clip in read(frames_before=before).clips}
        assert found == {("F001", 2444 - before, ""), ("F082", 2444 - before, "")}


def test_two_tables_of_one_sequence_are_a_question(tmp_path, read):
    path = one_sequence(tmp_path, {12: RUN})
    (path.parent / "old").mkdir()
    (path.parent / "old" / "F1_T1.csv").write_text(path.read_text())
    with pytest.raises(DatasetError, match=r"expected one table F1_T1, found .*AU_OCC/F001_T1\.csv and .*old/F1_T1"):
        read()


def test_a_run_ends_where_the_unit_is_absent_not_codable_or_the_frame_is_not_in_the_table(tmp_path, read):
    frames = [*range(100, 110), *range(120, 150)]  # ten frames, a gap, thirty
    values = [1] * 10 + [1] * 8 + [9] * 2 + [1] * 7 + [0] + [1] * 12
    bp4d.write_occurrences(tmp_path, "F001", "T1", frames, {12: values})
    bp4d.add_sequence(tmp_path, "F001", "T1", frames)
    found = {(clip.onset, clip.offset): clip.notes for clip in read(min_frames=5).clips}
    assert list(found) == [(100, 109), (120, 127), (130, 136), (138, 149)]
    assert "the run ends where AU 12 could not be coded" in found[120, 127]
    assert "the run begins where AU 12 could not be coded" in found[130, 136]
    assert "could not be coded" not in found[100, 109] + found[138, 149]


def test_units_of_the_apex_are_those_of_the_clip_and_one_not_codable_there_leaves_them_open(tmp_path, read):
    seen = [0] * 30
    seen[2451 - 2440] = 1
    hidden = [9] * 30
    one_sequence(tmp_path, {1: NEVER, 6: seen, 12: RUN})
    (clip,) = read(units=(12,)).clips
    assert clip.aus == "6+12"
    au8, coded = LABEL_SETS["au8"], label_set_named("au8(AU1, AU6, AU12)")
    assert coded.shown(coded.label_of(clip)) == ("AU6", "AU12")
    assert au8.label_of(clip) is None  # nobody looked for AU 2, so that it is not known to be absent
    why = "action units 2, 4, 7, 17, 45 of au8 were not coded; au8(AU1, AU6, AU12) has those that were"
    assert au8.why_outside(clip) == why
    one_sequence(tmp_path, {1: hidden, 6: seen, 12: RUN})
    (clip,) = read(units=(12,)).clips
    assert clip.aus == "1?+6+12"
    assert known_units(clip.aus) is None
    assert coded.label_of(clip) is None


def test_the_apex_is_the_first_frame_of_the_largest_intensity(tmp_path, read):
    one_sequence(tmp_path, {12: RUN})
    values = dict.fromkeys(FRAMES, 0) | {2446: 3, 2447: 4, 2449: 4, 2450: 9}
    path = bp4d.write_intensities(tmp_path, "F001", "T1", 12, values)
    (clip,) = read().clips
    assert (clip.apex, "intensities" in clip.notes) == (2447, False)
    assert bp4d_annotation(Bp4dSettings(root=tmp_path))[1:] == [path]


def test_two_units_at_once_are_two_clips(tmp_path, read):
    one_sequence(tmp_path, {6: RUN, 12: RUN})
    assert [(clip.id, clip.aus) for clip in read().clips] == [("F001_T1-6_2444", "6+12"), ("F001_T1-12_2444", "6+12")]


def test_numbers_of_bp4d_plus_are_one_higher_than_those_of_its_pictures(tmp_path, read):
    one_sequence(tmp_path, {12: RUN})
    (clip,) = read(frames_before=1).clips
    assert (clip.onset, clip.apex, clip.offset) == (2443, 2450, 2457)


def test_emotions_of_the_tasks_are_taken_when_they_are_asked_for(tmp_path, read):
    for task in ("T1", "T4", "T8"):
        bp4d.write_occurrences(tmp_path, "F001", task, FRAMES, {12: RUN})
        bp4d.add_sequence(tmp_path, "F001", task, FRAMES)
    index = read(emotions="task")
    assert {clip.video: clip.emotion for clip in index.clips} == {"T1-12": "happiness", "T4-12": "", "T8-12": "disgust"}
    assert "emotions are those that the tasks were meant to bring about" in index.notes


def test_missing_pictures_exclude_a_clip_with_its_table(tmp_path, read):
    one_sequence(tmp_path, {12: RUN})
    bp4d.write_occurrences(tmp_path, "F001", "T2", FRAMES, {12: RUN})
    index = read()
    assert [clip.video for clip in index.clips] == ["T1-12"]
    (row,) = index.exclusions
    assert row["reason"].startswith("expected a folder T2 of subject F001")
    assert row["source"] == "F001_T2.csv, AU 12, frame 2444"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0,1,12\n2440,0,2\n", r"F001_T1\.csv, row 2, AU 12: expected 0, 1 or 9 \(not codable\), found 2"),
        ("0,1,1\n2440,0,1\n", r"expected each action unit once in the first row, found 1, 1"),
        ("0,x\n2440,0\n", r"row 1: expected the numbers of action units, found 'x'"),
        ("0,12\n2440,0\n2440,1\n", r"row 3: expected frames from 0 on that ascend, found 2440"),
        ("0,12\n2440,a\n", r"expected whole numbers divided by commas"),
        ("0,12\n2440,0,1\n", r"expected rows of 2 numbers, as the first row has"),
        ("0,12\n", r"F001_T1\.csv: expected rows of numbers, found none"),
    ],
)
def test_tables_that_are_none_are_refused_by_file_and_row(tmp_path, read, text, message):
    one_sequence(tmp_path, {12: RUN}).write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=message):
        read()


def test_intensities_that_are_none_are_refused(tmp_path, read):
    one_sequence(tmp_path, {12: RUN})
    bp4d.write_intensities(tmp_path, "F001", "T1", 12, {2444: 7})
    with pytest.raises(
        DatasetError, match=r"F001_T1_AU12\.csv: expected lines of a frame and its intensity, 0 to 5 or 9"
    ):
        read()


def test_units_that_no_table_has_and_wrong_settings(tmp_path, read):
    one_sequence(tmp_path, {12: RUN})
    with pytest.raises(DatasetError, match=r"expected tables that code one of AU 1, 2, found AU 12"):
        read(units=(1, 2))
    for settings, message in (
        ({"units": ()}, "units: expected different numbers"),
        ({"units": (1, 1)}, "units: expected different numbers"),
        ({"min_frames": 1}, "min_frames: expected 2 frames or more"),
        ({"emotions": "all"}, "emotions: expected one of none, task"),
        ({"frames_before": 2}, "frames_before: expected 0, 1 or none"),
        ({"fps": 0.0}, "fps: expected a frame rate above 0"),
    ):
        with pytest.raises(ConfigError, match=message):
            Bp4dSettings(root=tmp_path, **settings)


def test_wrong_root_and_missing_tables(tmp_path, read):
    with pytest.raises(DatasetError, match=r"expected the recordings of BP4D as .*Sequences\(2D\+3D\)/F001/T1"):
        read(root=tmp_path / "none")
    bp4d.add_sequence(tmp_path, "F001", "T1", FRAMES)
    with pytest.raises(DatasetError, match=r"expected the tables of BP4D as .*AU_OCC/F001_T1\.csv"):
        read()


def test_tables_may_lie_elsewhere(tmp_path, read):
    bp4d.add_sequence(tmp_path / "recordings", "F001", "T1", FRAMES)
    bp4d.write_occurrences(tmp_path / "tables", "F001", "T1", FRAMES, {12: RUN})
    for folder in ("tables", "tables/AUCoding", "tables/AUCoding/AU_OCC"):
        assert len(read(root=tmp_path / "recordings", annotation=tmp_path / folder).clips) == 1


def test_folds_divide_all_people_of_bp4d_and_nobody_of_bp4d_plus(tmp_path, read):
    everybody = {*(f"F{k:03d}" for k in range(1, 24)), *(f"M{k:03d}" for k in range(1, 19))}
    assert set(FOLDS) == everybody
    assert Counter(FOLDS.values()) == {"1": 13, "2": 14, "3": 14}
    one_sequence(tmp_path, {12: RUN})
    assert [clip.fold for clip in read().clips] == ["3"]
    assert [clip.fold for clip in read(frames_before=1).clips] == [""]


def test_names_of_tables():
    assert sequence_of("F001_T1") == ("F001", "T1", 0)
    assert sequence_of("m018_T08_AU06") == ("M018", "T8", 6)
    assert sequence_of("readme") is None


def test_people_are_compared_with_the_published_number(tmp_path, read):
    for subject in [*(f"F{k:03d}" for k in range(1, 24)), *(f"M{k:03d}" for k in range(1, 18))]:
        bp4d.write_occurrences(tmp_path, subject, "T1", FRAMES, {12: RUN})
    bp4d.add_sequence(tmp_path, "F001", "T1", FRAMES)
    text = format_validation(validate_dataset("bp4d", read(), official=True))
    assert "- macro, subjects: published 41, found 40" in text
