import pytest

from merflow.datasets.recorded_state import content_digest, note_content, planned_state


def never():
    pytest.fail("the content was read")


def test_the_state_of_the_shard_stands_while_the_content_is_the_same(tmp_path):
    note = tmp_path / "faces/spNO.1.recorded.txt"
    note_content(note, state="first", content="c")
    assert planned_state(note, "first", content=never) == "first"
    assert planned_state(note, "second", content=lambda: "c") == "first"
    assert planned_state(note, "second", content=never) == "first"  # known by now
    assert planned_state(note, "third", content=lambda: "other") == "third"


def test_a_content_that_comes_back_is_that_of_the_note(tmp_path):
    note = tmp_path / "note.txt"
    note_content(note, state="first", content="c")
    assert planned_state(note, "edited", content=lambda: "other") == "edited"
    assert planned_state(note, "restored", content=lambda: "c") == "first"


def test_a_job_replaces_the_note_of_an_earlier_one(tmp_path):
    note = tmp_path / "note.txt"
    note_content(note, state="first", content="c")
    planned_state(note, "second", content=lambda: "c")
    note_content(note, state="third", content="d")
    assert planned_state(note, "second", content=lambda: "c") == "second"


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\x00", b"content c\n", b"state\n", b"nothing of this\n"])
def test_without_a_note_that_names_a_state_files_count_as_changed(tmp_path, damage):
    note = tmp_path / "note.txt"
    assert planned_state(note, "now", content=never) == "now"
    note.write_bytes(damage)
    assert planned_state(note, "now", content=never) == "now"


def test_a_note_whose_content_was_lost_agrees_with_nothing(tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("state first\n")
    assert planned_state(note, "now", content=lambda: "c") == "now"


def test_content_is_of_clips_whatever_their_order():
    assert content_digest({"a": "1", "b": "2"}) == content_digest({"b": "2", "a": "1"})
    assert content_digest({"a": "1", "b": "2"}) != content_digest({"a": "2", "b": "1"})
