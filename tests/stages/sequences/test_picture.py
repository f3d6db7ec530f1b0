import numpy as np
import pytest

from merflow.artefacts import open_shard
from merflow.drawing.upstream import onset_face_mask, open_upstream
from merflow.imaging.luma import luma
from merflow.stages.sequences.frames import sequence_frames
from merflow.stages.sequences.picture import (
    APEX_COLOUR,
    DIFFERENCE_RANGE,
    MOST_SHOWN,
    draw_sequences,
    onset_mask,
    plot_sequence,
    shown_frames,
)

CLIP = "sp9.1_a_10"


def strip(figure):
    """Return the panels of the frames and those of the differences, in order."""
    panels = [axes for axes in figure.axes if axes.images]
    return panels[::2], panels[1::2]


@pytest.fixture
def drawn(results):
    with open_shard(results["sequences"], kind="sequences") as shard, open_upstream(shard) as upstream:
        frames = sequence_frames(shard.read(CLIP, "onset_color"), shard.read(CLIP, "difference"))
        yield draw_sequences(shard, CLIP, upstream), frames, upstream


def test_every_frame_stands_above_its_difference_to_the_onset(drawn):
    figure, frames, _ = drawn
    above, below = strip(figure)
    assert [axes.get_title(loc="left") for axes in above] == ["onset 10", "13", "apex 16", "17", "18", "18"]
    for axes, frame in zip(above, frames, strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), frame)
    for axes, frame in zip(below, frames, strict=True):
        np.testing.assert_allclose(axes.images[0].get_array(), luma(frame) - luma(frames[0]))
        assert axes.images[0].get_clim() == (-DIFFERENCE_RANGE, DIFFERENCE_RANGE)


def test_the_apex_alone_is_edged(drawn):
    above, below = strip(drawn[0])
    for panels in (above, below):
        edges = [axes.spines["top"].get_edgecolor() for axes in panels]
        assert [edge == edges[2] for edge in edges] == [False, False, True, False, False, False]


def test_the_curve_is_the_difference_over_the_face_and_stops_before_repeated_frames(drawn):
    figure, frames, upstream = drawn
    line, apex, ticks = figure.axes[-1].lines
    mask = onset_mask(upstream, CLIP, size_px=frames.shape[1])
    expected = [np.abs(luma(frame) - luma(frames[0]))[mask].mean() for frame in frames[:5]]
    np.testing.assert_allclose(line.get_xydata(), np.column_stack([[10, 13, 16, 17, 18], expected]))
    assert set(apex.get_xdata()) == {16}
    assert apex.get_color() == APEX_COLOUR
    assert ticks.get_xdata().tolist() == [10, 12, 14, 16, 18]
    assert "the last 1 repeat" in figure.texts[1].get_text()


def test_the_face_is_that_of_the_faces_shard_at_the_size_of_the_sequence(drawn):
    _, frames, upstream = drawn
    small, large = onset_mask(upstream, CLIP, size_px=frames.shape[1]), onset_face_mask(upstream, CLIP)
    assert small.shape == frames.shape[1:3]
    np.testing.assert_array_equal(onset_mask(upstream, CLIP, size_px=len(large)), large)
    assert (small != large[::2, ::2]).mean() < 0.02


@pytest.mark.parametrize(("length", "apex"), [(8, 3), (16, 15), (40, 0), (40, 21), (200, 199), (200, 1)])
def test_of_a_long_sequence_evenly_spaced_frames_and_the_apex_are_shown(length, apex):
    chosen = shown_frames(length, apex)
    assert len(chosen) == min(length, MOST_SHOWN)
    assert chosen == sorted(set(chosen))
    assert {0, apex, length - 1} <= set(chosen)


@pytest.mark.parametrize("length", [3, 8, 9, 40])
def test_sequences_of_any_length_find_place(length):
    frames = np.random.default_rng(0).integers(0, 256, (length, 20, 20, 3), dtype=np.uint8)
    attrs = {"apex": 0, "n_frames": length, "recorded": [1, 2], "fps": 200.0, "notes": "dark"}
    figure = plot_sequence(frames, np.linspace(1, 2, length), attrs, title="t")
    above, below = strip(figure)
    assert len(above) == len(below) == min(length, MOST_SHOWN)
    assert above[0].get_title(loc="left") == "onset = apex 1"
    width, height = figure.get_size_inches()
    assert width < 16
    assert height < 12
    for axes in figure.axes:
        box = axes.get_position()
        assert 0 <= box.x0 <= box.x1 <= 1
        assert 0 <= box.y0 <= box.y1 <= 1
    assert "no faces artefact here" in figure.axes[-1].get_title(loc="left")
    assert "dark" in figure.texts[1].get_text()
