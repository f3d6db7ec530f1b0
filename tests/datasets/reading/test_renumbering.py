from dataclasses import replace

import pytest
from tests.datasets.casme2 import casme2_fixture as casme2
from tests.datasets.casme3 import casme3_fixture as casme3
from tests.datasets.samm import samm_fixture as samm
from tests.datasets.smic import smic_fixture as smic

from merflow.datasets.casme2.reader import Casme2Settings, read_casme2
from merflow.datasets.casme3.reader import Casme3Settings, read_casme3
from merflow.datasets.reading.renumbering import OwnFolder, refuse_renumbered
from merflow.datasets.samm.reader import SammSettings, read_samm
from merflow.datasets.smic.reader import SmicSettings, read_smic
from merflow.errors import DatasetError

ROWS = [
    casme2.Row(1, "EP02_01f", 46, 59, 86),
    casme2.Row(2, "EP03_02", 20, 35, 60, emotion="disgust"),
    casme2.Row(2, "EP03_05", 11, 20, 30, emotion="surprise"),
]


def write(root, numbers, *, layout="selected"):
    casme2.write_coding(root, ROWS)
    for row in ROWS:
        casme2.add_clip(root, f"sub{row.subject:02d}", row.video, numbers(row), layout=layout)
    return Casme2Settings(root=root)


@pytest.mark.parametrize("first", [0, 1])
def test_frames_counted_anew_stop_the_index_though_some_numbers_overlap(tmp_path, first):
    settings = write(tmp_path, lambda row: range(first, first + 41))
    with pytest.raises(DatasetError) as caught:
        read_casme2("x", settings)
    message = str(caught.value)
    assert f"found that they count from {first} in 3 of 3 folders, 2 of which end before" in message
    assert f"/sub01/EP02_01f holds frames {first} to {first + 40}, the sheet names 46 to 86" in message
    assert "rename the frames" in message


def test_cut_clips_counted_anew_are_found_by_their_length(tmp_path):
    settings = write(tmp_path, lambda row: range(1, row.offset - row.onset + 2))
    with pytest.raises(DatasetError, match="3 of 3 folders, 3 of which"):
        read_casme2("x", settings)


def test_recordings_that_begin_at_1_and_hold_the_clips_are_read(tmp_path):
    index = read_casme2("x", write(tmp_path, lambda row: range(1, 200), layout="raw"))
    assert [clip.onset for clip in index.clips] == [46, 20, 11]


def test_one_folder_of_several_becomes_an_exclusion(tmp_path):
    index = read_casme2(
        "x", write(tmp_path, lambda row: range(1, 42) if row.onset == 46 else range(row.onset, row.offset + 1))
    )
    assert [row["clip"] for row in index.exclusions] == ["sub01_EP02_01f_46"]


def test_samm_and_a_pack_of_cut_clips_too(tmp_path):
    samm.write_micro(tmp_path / "samm", [samm.Row()])
    samm.add_clip(tmp_path / "samm", "006_1_2", range(1, 40))
    with pytest.raises(DatasetError, match="006/006_1_2 holds frames 1 to 39, the sheet names 5562 to 5600"):
        read_samm("x", SammSettings(root=tmp_path / "samm"))
    casme3.write_micro(tmp_path / "pack", [casme3.Row()])
    casme3.add_cut_clip(tmp_path / "pack/Part_A_ME_clip", "spNO.1_a_10", range(1, 12))
    with pytest.raises(DatasetError, match=r"spNO\.1_a_10 holds frames 1 to 11, the sheet names 10 to 20"):
        read_casme3("x", Casme3Settings(root=tmp_path / "pack"))


def test_a_whole_recording_that_ends_early_loses_its_clips_only(tmp_path):
    casme3.write_micro(tmp_path, [casme3.Row(), casme3.Row(onset=30, apex=35, offset=40)])
    casme3.add_video(tmp_path, "spNO.1", "a", range(1, 25))
    index = read_casme3("x", Casme3Settings(root=tmp_path))
    assert [clip.id for clip in index.clips] == ["spNO.1_a_10"]
    assert [row["clip"] for row in index.exclusions] == ["spNO.1_a_30"]


@pytest.mark.parametrize(
    ("anew", "short", "others", "refused"), [(3, 3, 2, True), (2, 2, 2, False), (4, 2, 0, False), (0, 0, 5, False)]
)
def test_most_folders_decide(anew, short, others, refused):
    folders = [OwnFolder("s", 1, 41, onset=46, end=86)] * short
    folders += [OwnFolder("w", 1, 200, onset=46, end=86)] * (anew - short)
    folders += [OwnFolder("o", 46, 86, onset=46, end=86)] * others
    if not refused:
        refuse_renumbered(folders)
        return
    with pytest.raises(DatasetError, match="3 of 5 folders"):
        refuse_renumbered(folders)


@pytest.mark.parametrize("by", [-1, 1, 1000])
def test_cut_clips_whose_numbers_are_shifted_stop_the_index(tmp_path, by):
    """Frames counted from 0: each number is one less, and a stand-in for the offset hid that all frames were others."""
    settings = write(tmp_path, lambda row: range(row.onset + by, row.offset + 1 + by))
    expected = (
        f"3 of 3 folders hold as many as the sheet names, under other numbers: .* frames {46 + by} to {86 + by}, "
    )
    with pytest.raises(DatasetError, match=expected):
        read_casme2("x", settings)


def test_one_shifted_folder_does_not_stop_the_others(tmp_path):
    settings = write(tmp_path, lambda row: range(row.onset - (row.onset == 46), row.offset + 1 - (row.onset == 46)))
    assert len(read_casme2("x", settings).clips) == 3


RELATIVE = [(row, row.apex - row.onset + 1) for row in ROWS]


def test_apexes_counted_from_the_onset_stop_the_index_though_one_names_a_frame(tmp_path):
    rows = [replace(row, apex=apex) for row, apex in RELATIVE]  # of the last, 10 is no frame; as 15 it would be one
    rows[2] = replace(rows[2], apex=15)
    casme2.write_coding(tmp_path, rows)
    for row in rows:
        casme2.add_clip(tmp_path, f"sub{row.subject:02d}", row.video, range(row.onset, row.offset + 1))
    with pytest.raises(DatasetError, match=r"2 of 3 lie before their onset: sub01_EP02_01f_46 \(onset 46, apex 14\)"):
        read_casme2("x", Casme2Settings(root=tmp_path))


def test_apexes_of_smic_and_of_casme3_counted_from_the_onset(tmp_path):
    casme3.write_micro(
        tmp_path / "a", [casme3.Row(onset=30, apex=6, offset=40), casme3.Row(onset=44, apex=5, offset=52)]
    )
    casme3.add_video(tmp_path / "a", "spNO.1", "a", range(1, 60))
    with pytest.raises(DatasetError, match="2 of 2 lie before"):
        read_casme3("x", Casme3Settings(root=tmp_path / "a"))
    smic.add_clip(tmp_path / "b", "s1_ne_01", range(100, 130))
    smic.add_clip(tmp_path / "b", "s2_po_01", range(200, 230))
    smic.add_clip(tmp_path / "b", "s3_sur_01", range(5, 30))
    sheet = tmp_path / "apexes.csv"
    sheet.write_text("Filename,Apex\ns1_ne_01,6\ns2_po_01,9\ns3_sur_01,8\n")
    with pytest.raises(DatasetError, match="2 of 3 lie before"):
        read_smic("x", SmicSettings(root=tmp_path / "b", annotation=sheet))
