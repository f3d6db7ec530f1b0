"""The distance of the eyes among a subject's clips: which is odd, and when nothing can tell."""

import logging

import pytest

from merflow.errors import BadClipError
from merflow.stages.faces.doubts import Doubt, notes_of_doubts
from merflow.stages.faces.settings import FaceSettings
from merflow.stages.faces.spacing import spacing_doubts

LIMITS = FaceSettings().eye_ratio


def test_a_detection_that_cannot_be_is_doubtful_and_no_other():
    doubts = spacing_doubts({"a": 98, "b": 25, "c": 100, "d": 104}, LIMITS)
    assert list(doubts) == ["b"]
    assert doubts["b"].decides
    for part in ("0.7 to 1.4 times", "faces.eye_ratio", "25 px, 0.25 of 99 px", "4 clips"):
        assert part in doubts["b"].reason


@pytest.mark.parametrize(("px", "odd"), [(69, True), (71, False), (139, False), (141, True)])
def test_the_limits_are_shares_of_the_median(px, odd):
    assert ("x" in spacing_doubts({"a": 100, "b": 100, "c": 100, "x": px}, LIMITS)) == odd


def test_of_two_clips_either_may_be_wrong():
    doubts = spacing_doubts({"a": 25, "b": 100}, LIMITS)
    assert sorted(doubts) == ["a", "b"]
    assert not any(doubt.decides for doubt in doubts.values())
    assert "one of the two" in doubts["a"].reason
    assert spacing_doubts({"a": 80, "b": 100}, LIMITS) == {}
    assert sorted(spacing_doubts({"a": 50, "b": 100}, LIMITS)) == ["a", "b"]  # only one is outside, by its share


def test_one_clip_has_nothing_to_be_compared_with():
    assert spacing_doubts({"a": 25}, LIMITS) == {}
    assert spacing_doubts({}, LIMITS) == {}


def test_a_doubt_is_noted_and_logged_or_excludes(caplog):
    doubts = [Doubt("this may be wrong", decides=False), Doubt("that is odd")]
    with caplog.at_level(logging.WARNING, logger="merflow"):
        notes = notes_of_doubts("s1_a_1", doubts, FaceSettings(), source="1.jpg")
    assert notes == ["this may be wrong", "that is odd"]
    assert caplog.messages == ["s1_a_1: this may be wrong", "s1_a_1: that is odd"]
    strict = FaceSettings(doubtful="exclude")
    assert notes_of_doubts("s1_a_1", doubts[:1], strict, source="1.jpg") == ["this may be wrong"]
    with pytest.raises(BadClipError, match=r"that is odd \(faces.doubtful: exclude\)") as caught:
        notes_of_doubts("s1_a_1", doubts, strict, source="1.jpg")
    assert caught.value.source == "1.jpg"
