"""What the user has no right to read: a clip is left out, what is no clip's is passed over, all else is a message."""

import re

import pytest
from tests.datasets.casme2 import casme2_fixture as casme2
from tests.datasets.casme3 import casme3_fixture as casme3
from tests.datasets.flow_images import flow_images_fixture as flow_images
from tests.datasets.fourdme import fourdme_fixture as fourdme
from tests.datasets.samm import samm_fixture as samm
from tests.datasets.smic import smic_fixture as smic
from tests.permissions import as_a_normal_user

from merflow.datasets.reading.clip_frames import annotated_frame_hashes
from merflow.datasets.reading.frames import read_color
from merflow.datasets.registry import annotation_files, index_dataset
from merflow.errors import BadClipError, DatasetError, UnreadableError

DENIED = "expected to read it, but the system says: Permission denied"


def write_casme2(root):
    casme2.write_coding(root, [casme2.Row(1), casme2.Row(2)])
    return [casme2.add_clip(root, subject, "EP02_01f", range(46, 87)) for subject in ("sub01", "sub02")]


def write_samm(root):
    samm.write_micro(root, [samm.Row("006_1_2", 1, 2, 3), samm.Row("007_1_2", 1, 2, 3)])
    return [samm.add_clip(root / "SAMM", name, range(1, 4)) for name in ("006_1_2", "007_1_2")]


def write_casme3(root):
    casme3.write_micro(root, [casme3.Row("spNO.1"), casme3.Row("spNO.2")])
    for subject in ("spNO.1", "spNO.2"):
        casme3.add_video(root, subject, "a", range(30))
    return [root / subject / "a" / "color" for subject in ("spNO.1", "spNO.2")]


def write_smic(root):
    return [smic.add_clip(root, name, range(30)) for name in ("s1_ne_01", "s2_po_01")]


def write_fourdme(root):
    fourdme.write_sheet(root, [fourdme.Row("S01"), fourdme.Row("S02")])
    return [fourdme.add_clip(root, f"{subject}/002_01_1") for subject in ("S01", "S02")]


def write_flow_images(root):
    flow_images.write_folds(root, subjects=3, clips=9)
    return []


DATASETS = {
    "casme2": write_casme2,
    "samm": write_samm,
    "casme3": write_casme3,
    "smic": write_smic,
    "fourdme": write_fourdme,
    "flow_images": write_flow_images,
}
WITH_CLIP_FOLDERS = sorted(set(DATASETS) - {"flow_images"})
WITH_SHEET = {"casme2": casme2.CODING_NAME, "samm": samm.MICRO_NAME, "casme3": casme3.MICRO_NAME}
WITH_SHEET |= {"fourdme": fourdme.MICRO_NAME}


@pytest.fixture
def close():
    """Take away all rights to a file or folder until the test ends."""
    closed = []

    def take(path):
        closed.append((path, path.stat().st_mode))
        path.chmod(0)

    yield take
    for path, mode in reversed(closed):
        path.chmod(mode)


@pytest.fixture
def index(tmp_path):
    """Index the dataset in the temporary folder, without root's right to read everything."""

    def read(reader, **settings):
        with as_a_normal_user():
            return index_dataset("x", reader, {"root": str(tmp_path), **settings})

    return read


@pytest.mark.parametrize("reader", sorted(DATASETS))
def test_a_folder_that_is_nobodys_is_passed_over_and_noted(tmp_path, index, close, reader):
    DATASETS[reader](tmp_path)
    whole = index(reader)
    (tmp_path / "lost+found").mkdir()
    close(tmp_path / "lost+found")
    found = index(reader)
    assert found.clips == whole.clips
    assert found.exclusions == whole.exclusions == ()
    if reader != "casme3":  # whose folders are asked for by name
        (note,) = set(found.notes) - set(whole.notes)
        assert "passed over lost+found" in note
    with as_a_normal_user():
        annotation_files(reader, {"root": str(tmp_path)})


@pytest.mark.parametrize("reader", WITH_CLIP_FOLDERS)
def test_a_clip_whose_folder_is_closed_is_left_out_with_the_reason(tmp_path, index, close, reader):
    first, _ = DATASETS[reader](tmp_path)
    close(first)
    found = index(reader)
    assert len(found.clips) == 1
    (row,) = found.exclusions
    assert row["reason"] == DENIED
    assert row["source"] == first.relative_to(tmp_path).as_posix()
    assert found.bad == (row["clip"],)


@pytest.mark.parametrize("reader", ["casme2", "samm", "casme3", "fourdme"])
def test_a_subject_whose_folder_is_closed_is_left_out_clip_by_clip(tmp_path, index, close, reader):
    first, _ = DATASETS[reader](tmp_path)
    subject = next(folder for folder in first.parents if folder.name in ("sub01", "006", "spNO.1", "S01"))
    close(subject)
    found = index(reader)
    assert len(found.clips) == 1
    (row,) = found.exclusions
    assert row["reason"] == DENIED
    assert row["source"] == subject.relative_to(tmp_path).as_posix()


def test_a_closed_subject_of_whom_no_sheet_tells_is_a_message(tmp_path, index, close):
    first, _ = write_smic(tmp_path)
    subject = first.parents[2]
    close(subject)
    with pytest.raises(UnreadableError, match=rf"{subject}: {DENIED}"):
        index("smic")


def test_a_closed_depth_folder_costs_its_clip(tmp_path, index, close):
    write_casme3(tmp_path)
    close(tmp_path / "spNO.1/a/depth")
    (row,) = index("casme3").exclusions
    assert (row["clip"], row["reason"], row["source"]) == ("spNO.1_a_10", DENIED, "spNO.1/a/depth")


@pytest.mark.parametrize("reader", sorted(DATASETS))
def test_a_closed_root_is_a_message(tmp_path, index, close, reader):
    DATASETS[reader](tmp_path)
    close(tmp_path)
    with pytest.raises(UnreadableError, match=rf"{tmp_path}: {DENIED}\. Correct its rights .* config\.yaml"):
        index(reader)


@pytest.mark.parametrize("reader", sorted(WITH_SHEET))
def test_a_closed_sheet_is_a_message_that_does_not_say_it_is_damaged(tmp_path, index, close, reader):
    DATASETS[reader](tmp_path)
    close(tmp_path / WITH_SHEET[reader])
    with pytest.raises(UnreadableError, match=rf"{re.escape(WITH_SHEET[reader])}: {DENIED}") as caught:
        index(reader)
    assert "Copy it again" not in str(caught.value)


@pytest.mark.parametrize(("setting", "reader"), [("occluded", "casme3"), ("annotation", "flow_images")])
def test_a_closed_list_is_a_message(tmp_path, index, close, setting, reader):
    DATASETS[reader](tmp_path)
    (tmp_path / "list.csv").touch()
    close(tmp_path / "list.csv")
    with pytest.raises(UnreadableError, match=rf"list\.csv: {DENIED}"):
        index(reader, **{setting: str(tmp_path / "list.csv")})


def test_a_closed_folder_is_named_where_the_sheet_may_lie_in_it(tmp_path, index, close):
    write_casme2(tmp_path)
    (tmp_path / "sheets").mkdir()
    (tmp_path / casme2.CODING_NAME).rename(tmp_path / "sheets" / casme2.CODING_NAME)
    close(tmp_path / "sheets")
    with pytest.raises(DatasetError, match=r"found no workbook and no CSV \(cannot be read: sheets\)"):
        index("casme2")


def test_a_closed_folder_is_named_where_the_recordings_may_lie_in_it(tmp_path, index, close):
    first, _ = write_casme2(tmp_path)
    close(first.parents[1])
    with pytest.raises(DatasetError, match=r"found .*CASME2_RAW_selected \(cannot be read: CASME2_RAW_selected\)"):
        index("casme2")


def test_a_link_that_leads_to_itself_is_met_like_a_closed_folder(tmp_path, index):
    first, _ = write_casme2(tmp_path)
    (first.parent / "EP02_01g").symlink_to("EP02_01g")
    (tmp_path / "loop").symlink_to("loop")
    found = index("casme2")
    assert len(found.clips) == 2
    assert any("passed over loop" in note for note in found.notes)


def test_a_clip_folder_that_holds_nothing_but_such_a_link_is_left_out(tmp_path, index):
    folder, _ = write_casme2(tmp_path)
    for path in folder.iterdir():
        path.unlink()
    (folder / "img46").symlink_to("img46")
    found = index("casme2")
    assert len(found.clips) == 1
    (row,) = found.exclusions
    assert "found 1 folders (such as img46)" in row["reason"]


def test_a_closed_flow_image_is_still_listed_and_left_out_by_the_stage_that_reads_it(tmp_path, index, close):
    write_flow_images(tmp_path)
    picture = tmp_path / index("flow_images").clips[0].color
    close(picture)
    assert len(index("flow_images").clips) == 9
    with as_a_normal_user(), pytest.raises(BadClipError, match=DENIED):
        read_color(picture)


def test_a_closed_frame_has_a_hash_of_its_own_and_is_the_stages_to_report(tmp_path, index, close):
    first, _ = write_casme2(tmp_path)
    clips = index("casme2").clips
    whole = annotated_frame_hashes(clips, tmp_path)
    close(first / "img46.jpg")
    with as_a_normal_user():
        hashes = annotated_frame_hashes(clips, tmp_path)
    assert hashes[clips[0].id] != whole[clips[0].id]
    assert hashes[clips[1].id] == whole[clips[1].id]
