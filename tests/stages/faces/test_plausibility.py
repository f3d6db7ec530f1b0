"""Where a face can be: what each unit of a depth camera does to it, and which unit is named."""

import numpy as np
import pytest

from merflow.errors import BadClipError
from merflow.stages.faces.plausibility import UNITS_MM, check_distance, likely_units
from merflow.stages.faces.settings import FaceSettings

LIMITS = FaceSettings().distance_mm


def refusal(stored, *, unit_mm=1.0):
    with pytest.raises(BadClipError) as caught:
        check(stored, unit_mm=unit_mm)
    return caught.value.reason


def check(stored, *, unit_mm=1.0):
    values = np.asarray(stored, np.float32) * np.float32(unit_mm)
    # Eyes 63 mm apart at 0.655 m, seen by the camera of CAS(ME)^3.
    check_distance(values, unit_mm=unit_mm, limits_mm=LIMITS, eyes_px=127, width_px=1280, source="1.png")


FACE = np.rint(np.random.default_rng(0).normal(655, 20, 5000))


@pytest.mark.parametrize("distance", [250, 400, 655, 1200, 2500])
def test_a_face_where_people_sit_is_believed(distance):
    check(FACE - 655 + distance)


@pytest.mark.parametrize("unit", [unit for unit in UNITS_MM if unit not in (0.25, 1.0)])
def test_the_unit_that_fits_is_named(unit):
    stored = np.rint(FACE / unit)
    reason = refusal(stored)
    assert f"{unit:g} (0.65" in reason
    assert "faces.distance_mm" in reason
    assert f"found it at {np.median(stored) / 1000:.3g} m" in reason
    check(np.rint(FACE / unit), unit_mm=unit)


def test_a_unit_that_is_set_wrongly_is_named_too():
    reason = refusal(FACE, unit_mm=0.1)
    assert "found it at 0.0654 m" in reason
    assert "in the dataset's depth_unit_mm of 0.1" in reason
    assert "with a depth_unit_mm of 1 (0.654 m)" in reason


def test_swapped_bytes_are_told_from_another_unit():
    assert "with the two bytes of each value swapped it would be at 0.65" in refusal(
        FACE.astype(np.uint16).byteswap().astype(float)
    )
    assert "bytes" not in refusal(FACE * 10)


def test_what_no_unit_explains_is_said():
    assert "no unit in use puts it there" in refusal(np.full(100, 3))


def test_of_units_that_fit_those_with_a_usual_lens_are_taken():
    # Eyes 32 px apart of 1280 are 2.5 m away, 320 px apart they are 0.25 m away.
    assert likely_units(25_000, LIMITS, 32 / 1280) == [0.1]  # in eighths: 3.1 m
    assert likely_units(2500, LIMITS, 320 / 1280) == [0.1, 0.125]
    assert likely_units(2500, LIMITS, 32 / 1280) == [1.0]
    assert likely_units(2500, LIMITS, 1 / 1280) == [1.0, 0.1, 0.25, 0.2, 0.125]  # no lens is usual
