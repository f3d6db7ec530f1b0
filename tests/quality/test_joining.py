"""A composite: the tables of its members as one, and a page that leads to theirs."""

import csv
import json
import re
from dataclasses import replace
from html import unescape
from urllib.parse import unquote

import pytest
from tests.chromium import CHROMIUM, browse
from tests.picture_fixtures import CLIP
from tests.quality.conftest import clip_named

from merflow.datasets.members import qualified
from merflow.errors import ArtefactError
from merflow.quality.joined_page import write_joined_page
from merflow.quality.joining import join, read_quality, write_joined_dictionary, write_joined_table
from merflow.quality.tables import flags_of, flags_text, write_dictionary, write_table

MEMBERS = ("one", "two")
NOT_TAKEN = {"clip": "two.sp9.1_c_9", "subject": "two.sp9.1", "stage": "index", "reason": "not taken", "source": "s"}


def renamed(clip, member):
    return replace(clip, dataset="mix", subject=qualified(member, clip.subject), part=member)


@pytest.fixture(scope="module")
def root(measured, tmp_path_factory):
    """Folder with the tables of two members; the second lacks the columns of all but the annotation."""
    root = tmp_path_factory.mktemp("mix")
    annotation = [one for one in measured.columns if one.source == "annotation"]
    for member, of in zip(MEMBERS, (measured, replace(measured, columns=annotation)), strict=True):
        folder = root / "results" / member / "qc"
        folder.mkdir(parents=True)
        write_table(of, folder / "clips.tsv")
        write_dictionary(of, folder / "clips.json", deviations=5.0)
    return root


@pytest.fixture
def joined(root, clips, monkeypatch):
    monkeypatch.chdir(root)
    members = {name: read_quality(name) for name in MEMBERS}
    return join("mix", [renamed(clip, name) for name in MEMBERS for clip in clips], [NOT_TAKEN], members)


def test_the_joined_table_has_the_rows_of_both_and_says_of_which_each_is(joined, measured, tmp_path):
    write_joined_table(joined, tmp_path / "clips.tsv")
    with (tmp_path / "clips.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [row["clip"] for row in rows] == [
        *(qualified(name, clip) for name in MEMBERS for clip in (CLIP, "sp9.1_b_3")),
        "two.sp9.1_c_9",
    ]
    assert [row["dataset"] for row in rows] == ["one", "one", "two", "two", "two"]
    assert [row["subject"] for row in rows] == ["one.sp9.1"] * 2 + ["two.sp9.1"] * 3
    assert flags_of(rows[0]["flagged"]) == measured.flags(CLIP)
    assert (rows[0]["face_score"], rows[2]["face_score"]) == ("1.5", "n/a")
    assert (rows[4]["reason"], rows[4]["clip_frames"]) == ("not taken", "n/a")
    assert all(value for row in rows for value in row.values())


def test_the_dictionary_has_what_each_member_says_of_a_column(joined, tmp_path):
    write_joined_dictionary(joined, tmp_path / "clips.json")
    described = json.loads((tmp_path / "clips.json").read_text())
    assert set(described) == set(joined.heading)
    assert set(described["clip_frames"]["Members"]) == {"one", "two"}
    assert set(described["face_score"]["Members"]) == {"one"}
    assert described["face_score"]["Members"]["one"]["Good"] == "0.5 and more"


def test_flags_are_read_as_they_are_written():
    flags = {"picture": "same as a, b", "roll_deg": "-25 < -20"}
    assert flags_of(flags_text(flags)) == flags
    assert flags_of("n/a") == {}


def test_a_clip_that_a_member_lacks_is_an_error_that_says_what_to_make(joined):
    with pytest.raises(ArtefactError, match=r"row of sp9\.1_z_70.*results/two/qc/index\.html"):
        join("mix", [renamed(clip_named("sp9.1_z_70"), "two")], [], joined.members)


def test_a_table_that_is_not_whole_is_an_error(root, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ArtefactError, match=r"results/one/qc: expected clips\.tsv and clips\.json.*index\.html"):
        read_quality("one")


def test_every_clip_leads_to_its_place_on_the_page_of_its_member(joined, measured, tmp_path):
    write_joined_page(joined, tmp_path / "results/mix/qc/index.html")
    text = (tmp_path / "results/mix/qc/index.html").read_text()
    links = {unquote(unescape(link)) for link in re.findall(r'<th scope="row"><a href="([^"]*)"', text)}
    assert links == {
        "../../one/qc/index.html",
        "../../two/qc/index.html",
        *(f"../../{name}/qc/subjects/sp9.1.html#{clip}" for name in MEMBERS for clip in (CLIP, "sp9.1_b_3")),
    }
    assert "data:image" not in text
    assert f"<b>{sum(bool(flags_of(row['flagged'])) for row in joined.rows)}</b> of 4 clips of 2 datasets" in text


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)")
def test_in_chromium_clips_are_filtered_by_dataset_and_flag(joined, tmp_path):
    page = tmp_path / "index.html"
    write_joined_page(joined, page)
    script = """
      const set = (id, change) => {
        const one = document.getElementById(id);
        change(one);
        one.dispatchEvent(new Event("change"));
        return document.getElementById("shown").textContent;
      };
      const flagged = (checked) => set("only-flagged", (box) => { box.checked = checked; });
      document.title = [flagged(true), flagged(false), set("member", (list) => { list.value = "two"; })].join("; ");
    """
    document, said, asked = browse(page, tmp_path, script)
    assert said == []
    flagged = sum(bool(flags_of(row["flagged"])) for row in joined.rows)
    assert f"<title>{flagged} of 4 clips; 4 of 4 clips; 2 of 4 clips</title>" in document
    assert [url for url in asked if not re.search(r"google|gvt1|chrome", url)] == []
