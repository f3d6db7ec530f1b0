import pytest

from merflow.datasets.clip import Clip
from merflow.datasets.reading.durations import check_duration, duration_s, long_clips
from merflow.errors import BadClipError


def clip(onset, apex, offset, fps=30.0, expression="micro", video="c"):
    return Clip("d", "spNO.214", video, "A", expression, onset, apex, offset, fps, "4", "", "", "c", "", "")


@pytest.mark.parametrize(
    ("one", "seconds"),
    [
        (clip(5, 20, 3460), 3455 / 30),
        (clip(46, 59, 86, fps=200.0), 0.2),
        (clip(10, 25, -1), 0.5),  # without an offset to the apex
        (clip(10, -1, -1), 0.0),
        (clip(0, -1, -1, fps=0.0), 0.0),  # a ready picture
    ],
)
def test_duration_is_counted_in_seconds_whatever_the_frame_rate(one, seconds):
    assert duration_s(one) == pytest.approx(seconds)


def test_a_micro_expression_of_115_seconds_is_refused_with_its_row():
    with pytest.raises(BadClipError, match=r"found 115\.2 s from onset 5 to offset 3460 at 30 frames") as caught:
        check_duration(clip(5, 20, 3460), source="label.xlsx, row 7")
    assert caught.value.source == "label.xlsx, row 7"
    with pytest.raises(BadClipError, match="to apex 400 at 30"):
        check_duration(clip(5, 400, -1))


@pytest.mark.parametrize(
    "one", [clip(100, 110, 400), clip(100, 300, 2100, fps=200.0), clip(5, 20, 3460, expression="macro")]
)
def test_what_may_be_is_left_alone(one):
    check_duration(one)


def test_long_clips_are_counted_and_named_the_longest_first():
    clips = [
        clip(100, 110, 115),  # half a second
        clip(100, 110, 116),
        clip(100, 110, 201, video="d"),
        clip(100, 110, 201, fps=200.0),  # 101 frames, and as long as the definition allows but for one
        clip(100, 110, 900, expression="macro"),
    ]
    assert long_clips(clips) == (
        "3 of 4 micro-expressions last longer than 0.5 s, by which they are defined, the longest first: "
        "spNO.214_d_100 (3.37 s), spNO.214_c_100 (0.53 s), spNO.214_c_100 (0.51 s)",
        "1 of 1 macro-expressions last longer than 4 s, by which they are defined, the longest first: spNO.214_c_100 "
        "(26.67 s)",
    )
    assert long_clips(clips[:1]) == ()
