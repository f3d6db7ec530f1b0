"""The tool behind docs/compression.md: lossless coding changes nothing, and each row says what was measured."""

import numpy as np
import pytest
from tools.compression.measured import Error, Flows, compare, errors_of_clip
from tools.compression.study import CODINGS, as_study, frames_of_clip, write_video
from tools.write_compression_page import HEAD, PAGE, row

from merflow.datasets.registry import index_dataset


@pytest.fixture(scope="module")
def clip(tiny_demo):
    return index_dataset("demo", "casme3", {"root": str(tiny_demo)}).clips[0]


def test_lossless_video_changes_no_pixel_and_lossy_does(clip, tiny_demo, tmp_path):
    pictures = frames_of_clip(clip, tiny_demo)
    by_title = {coding.title: coding for coding in CODINGS}
    for title, same in (("FFV1, RGB", True), ("H.264, 4:2:0, crf 23", False)):
        coding = by_title[title]
        folder = tmp_path / coding.folder
        write_video(folder / f"{clip.id}{coding.suffix}", pictures, coding, fps=clip.fps)
        [again] = as_study([clip], folder, coding)
        assert (again.onset, again.apex, again.offset) == (0, clip.apex - clip.onset, clip.offset - clip.onset)
        found = frames_of_clip(again, folder)
        assert len(found) == len(pictures)
        assert np.array_equal(found, pictures) == same


def test_errors_grow_with_the_compression(clip, tiny_demo, tmp_path, monkeypatch):
    few = [
        coding for coding in CODINGS if coding.title in ("FFV1, RGB", "H.264, 4:2:0, crf 18", "H.264, 4:2:0, crf 28")
    ]
    monkeypatch.setattr("tools.compression.measured.CODINGS", few)
    frames, lossless, crf18, crf28 = errors_of_clip(clip, tiny_demo, tmp_path).values()
    assert lossless._replace(kilobytes=frames.kilobytes) == frames
    assert (frames.total_px, frames.rest_px) == (0.0, 0.0)
    assert 0 < crf18.rest_px < crf28.rest_px
    assert crf28.kilobytes < crf18.kilobytes < lossless.kilobytes
    assert 0 < frames.truth_px < 0.3  # docs/accuracy.md has .1 px for all clips


def test_differences_and_angles_by_hand():
    still, mask = np.zeros((2, 4, 4), np.float32), np.ones((4, 4), dtype=bool)
    right = still + np.array([3, 0], np.float32)[:, None, None]
    down_too = still + np.array([3, 4], np.float32)[:, None, None]
    frames, found = Flows(right, right), Flows(right, down_too)
    moved, expression, total, rest, angle = compare(found, frames, mask)
    assert (moved, expression, total, rest) == pytest.approx((3, 3, 0, 4))
    assert angle == pytest.approx(np.rad2deg(np.arctan2(4, 3)))
    assert np.isnan(compare(found, Flows(right, still), mask)[-1])  # what rests has no direction


def test_a_row_has_the_means_and_shares_of_means():
    one = Error(2.0, 1.0, 0.2, 0.1, 4.0, 0.1, 0.2, 10.0)
    other = Error(4.0, 1.0, 0.4, 0.3, 6.0, 0.3, 0.4, 30.0)
    assert row("coding", [one, other]) == "| coding | 20 | 0.30 | 10% | 0.20 | 20% | 5° | 0.200 | 0.300 |"


def test_the_page_has_a_row_for_each_coding():
    lines = PAGE.read_text().splitlines()
    assert f"| {' | '.join(HEAD)} |" in lines
    titles = [line.split(" | ")[0].removeprefix("| ") for line in lines if line.startswith("|")]
    assert [title for title in titles if title in {coding.title for coding in CODINGS}] == [
        one.title for one in CODINGS
    ]
