from collections import Counter
from dataclasses import replace

from tests.datasets.fourdme import fourdme_fixture as fourdme
from tests.datasets.fourdme.fourdme_fixture import add_clip, write_sheet

from merflow.datasets.fourdme import DATASET
from merflow.datasets.fourdme.reader import read_fourdme
from merflow.datasets.fourdme.settings import FourdmeSettings
from merflow.datasets.validation import format_validation, validate_dataset


def report_of(tmp_path, rows):
    write_sheet(tmp_path, rows)
    add_clip(tmp_path, "S01/001_01_1", [1000, 1008, 1020])
    index = read_fourdme("fourdme", FourdmeSettings(root=tmp_path))
    return index, validate_dataset("fourdme", index, official=True)


def test_the_released_sheet_meets_every_published_count(tmp_path):
    index, report = report_of(tmp_path, fourdme.official_rows())
    assert len(index.annotated) == 267
    assert [clip.id for clip in index.clips] == ["S01_001_01_1_1000"]
    assert report.differences == []
    found = {check.name: (check.official, check.found) for check in report.checks}
    assert found["rows"] == (267, 267)
    assert found["subjects"] == (None, 41)
    assert found["emotion positive+surprise"] == (13, 13)
    assert found["emotion surprise+repression"] == (3, 3)
    assert found["action unit 4"] == (117, 117)
    assert found["action unit 12"] == (82, 82)  # the static ones among them
    assert sum(name.startswith("action unit") for name in found) == 20
    assert {clip.subject for clip in index.annotated if clip.fold == "1"} == {f"S{n:02d}" for n in range(1, 42, 5)}
    assert "Differences from the published counts:\n- none" in format_validation(report)


def test_differences_are_told_by_name(tmp_path):
    rows = [row for row in fourdme.official_rows() if row.emotion != "Repression"]
    _, report = report_of(tmp_path, [replace(rows[0], aus="AU4"), *rows[1:]])
    text = format_validation(report)
    assert "- micro, rows: published 267, found 261" in text
    assert "- micro, emotion repression: published 6, found 0" in text
    assert "- micro, action unit 1: published 46, found" in text


def test_the_counts_agree_with_each_other_and_with_table_6():
    for kind, rows in (("micro", 267), ("macro", 123)):
        counts = DATASET.counts["", kind]
        assert sum(counts.emotions.values()) == counts.rows == rows
    labels = Counter()
    for emotions, count in DATASET.counts["", "micro"].emotions.items():
        labels.update(dict.fromkeys(emotions.split("+"), count))
    table_6 = {"positive": 56, "negative": 142, "surprise": 54, "repression": 24, "others": 31}
    assert labels == table_6 | {"positive": 55}  # table 3 has one positive clip less
