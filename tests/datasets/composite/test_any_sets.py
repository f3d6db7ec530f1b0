"""A composite of sets that MEGC 2019 did not know, with a common label set."""

import pytest
from tests.datasets.casme import casme_fixture as casme
from tests.datasets.casme_sq import casme_sq_fixture as casme_sq
from tests.datasets.mmew import mmew_fixture as mmew

from merflow.datasets.labels import CLASS_SETS
from merflow.datasets.members import Member
from merflow.datasets.registry import index_dataset


@pytest.fixture
def members(tmp_path):
    """Return three sets, each read by its own reader, with a clip of each of two classes."""
    casme.write_sheet(tmp_path / "casme", [casme.Row(), casme.Row(video="EP01_6", emotion="surprise")])
    for video in ("EP01_5", "EP01_6"):
        casme.add_clip(tmp_path / "casme", "sub01", video, range(10, 31))
    mmew.write_sheet(tmp_path / "mmew", [mmew.Row(emotion="disgust"), mmew.Row("S03-02-001", emotion="surprise")])
    mmew.add_clip(tmp_path / "mmew", "S03-01-002", emotion="disgust")
    mmew.add_clip(tmp_path / "mmew", "S03-02-001", emotion="surprise")
    rows = [casme_sq.Row(), casme_sq.Row(video="happy1_2", emotion="surprise")]
    casme_sq.write_sheet(tmp_path / "sq", rows)
    for shown in ("anger1", "happy1"):
        casme_sq.add_long(tmp_path / "sq", 15, shown, range(500, 600))
    readers = {"casme": "casme", "mmew": "mmew", "sq": "casme_sq"}
    return {
        name: Member(reader, index_dataset(name, reader, {"root": str(tmp_path / name)}))
        for name, reader in readers.items()
    }


def test_three_sets_are_one_dataset_with_their_own_frame_rates(members):
    index = index_dataset("mix", "composite", {"members": [*members], "selection": "all"}, members=members)
    assert index.exclusions == ()
    assert {clip.part: clip.fps for clip in index.clips} == {"casme": 60.0, "mmew": 90.0, "sq": 30.0}
    assert {clip.subject for clip in index.clips} == {"casme.sub01", "mmew.S03", "sq.s15"}
    three = CLASS_SETS["emotion3"]
    for member in members:
        labels = {three.text(three.label_of(clip)) for clip in index.clips if clip.part == member}
        assert labels == {"negative", "surprise"}
