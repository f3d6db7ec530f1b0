import dataclasses

import pytest

from merflow.datasets.casme3.corrections import CASME3_PART_A_MICRO
from merflow.datasets.clip import Clip
from merflow.datasets.reading.corrections import corrected
from merflow.datasets.samm.corrections import SAMM

BASE = Clip("casme3", "spNO.1", "a", "A", "micro", 1, 2, 3, 30.0, "4", "", "", "", "", "")


def fix(subject, video, *frames, corrections=CASME3_PART_A_MICRO):
    onset, apex, offset = frames
    clip = dataclasses.replace(BASE, subject=subject, video=video, onset=onset, apex=apex, offset=offset)
    found = corrected(clip, corrections)
    return (found.onset, found.apex, found.offset), found.notes


@pytest.mark.parametrize(
    ("clip", "frames", "notes"),
    [
        (("spNO.149", "d", 110, 83, 130), (110, 123, 130), "apex 83 corrected to 123"),
        (("spNO.216", "d", 3647, 2650, 2660), (2647, 2650, 2660), "onset 3647 corrected to 2647"),
        (("spNO.216", "e", 0, 0, 8), (1, 1, 8), "onset 0 corrected to 1; apex 0 corrected to 1"),
        (("spNO.40", "e", 1830, 1840, 0), (1830, 1840, 1845), "offset 0 corrected to 1845"),
        (("spNO.40", "e", 2390, 2395, 0), (2390, 2395, 2403), "offset 0 corrected to 2403"),
    ],
)
def test_known_errors_are_corrected_and_noted(clip, frames, notes):
    assert fix(*clip) == (frames, notes)


@pytest.mark.parametrize(
    "clip",
    [
        ("spNO.149", "d", 110, 123, 130),  # a corrected release
        ("spNO.149", "e", 80, 83, 90),  # another video
        ("spNO.14", "d", 80, 83, 90),  # another person
        ("spNO.40", "e", 2500, 2510, 0),  # no known offset follows this onset
    ],
)
def test_other_rows_are_left_alone(clip):
    assert fix(*clip) == (clip[2:], "")


@pytest.mark.parametrize("frames", [(1087, 1086, 1120), (1087, 1121, 1120), (1087, -1, 1120), (1087, 1086, -1)])
def test_apex_whose_wrong_number_was_never_published_is_corrected_where_it_lies_outside_the_clip(frames):
    assert fix("028", "4_1", *frames, corrections=SAMM)[0] == (frames[0], 1105, frames[2])


@pytest.mark.parametrize("apex", [1087, 1101, 1120])
def test_it_is_left_alone_inside_the_clip(apex):
    assert fix("028", "4_1", 1087, apex, 1120, corrections=SAMM) == ((1087, apex, 1120), "")
    assert fix("028", "4_1", 1087, apex, -1, corrections=SAMM) == ((1087, apex, -1), "")


@pytest.mark.parametrize("offset", [-1, 5700, 57390])
def test_offset_whose_wrong_number_was_never_published_is_any_other(offset):
    found, notes = fix("013", "1_9", 5600, 5650, offset, corrections=SAMM)
    assert found == (5600, 5650, 5739)
    assert notes == f"offset {'missing' if offset == -1 else offset} corrected to 5739"
    assert fix("013", "1_9", *found, corrections=SAMM) == (found, "")
