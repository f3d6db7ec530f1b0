import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from merflow.artefacts.digest import content_digest

PICTURE = np.arange(24, dtype=np.float32).reshape(2, 4, 3)

few_values = arrays(
    st.sampled_from([np.uint8, np.int8]), array_shapes(min_dims=1, max_dims=3, max_side=2), elements=st.integers(0, 2)
)


def test_it_is_the_sha256_of_type_shape_and_bytes():
    expected = hashlib.sha256(b"<f4 (2, 4, 3) " + PICTURE.tobytes()).hexdigest()
    assert content_digest(PICTURE) == expected


@given(few_values, few_values)
def test_equal_digests_are_equal_content(a, b):
    """Arrays of few values and sizes, so that many pairs are equal."""
    same = a.dtype == b.dtype and np.array_equal(a, b)
    if content_digest(a):
        assert (content_digest(a) == content_digest(b)) == same


@pytest.mark.parametrize(
    "other",
    [
        PICTURE.reshape(4, 2, 3),
        PICTURE.astype(np.float64),
        PICTURE.astype(np.int32),
        PICTURE[::-1],
        np.nextafter(PICTURE, np.float32(1)),
    ],
    ids=["shape", "type", "whole numbers", "upside down", "last digit"],
)
def test_other_content_has_another_digest(other):
    assert content_digest(other) not in ("", content_digest(PICTURE))


def test_neither_layout_nor_byte_order_nor_the_sign_of_zero_counts():
    minus = PICTURE.copy()
    minus[0, 0, 0] = -0.0
    assert minus.tobytes() != PICTURE.tobytes()
    for same in (np.asfortranarray(PICTURE), PICTURE.astype(">f4"), PICTURE[::-1].copy()[::-1], minus):
        assert content_digest(same) == content_digest(PICTURE)


@pytest.mark.parametrize(
    "blank",
    [
        np.zeros((28, 28, 3), np.float32),
        np.full((2, 8, 8, 3), 17, np.uint8),
        np.zeros(128, np.float32),
        np.broadcast_to(np.float32([0.5, 0.5, 0]), (28, 28, 3)),
        np.float32([0.0, -0.0]),
        np.ones((1, 3)),
        np.zeros((0, 4, 3)),
    ],
    ids=["no motion", "grey", "row", "one colour", "two zeros", "one place", "nothing"],
)
def test_a_blank_example_has_no_digest(blank):
    assert content_digest(blank) == ""


@pytest.mark.parametrize("place", [(0, 0, 0), (1, 3, 2)])
def test_one_other_value_is_content(place):
    picture = np.full((2, 4, 3), 0.5, np.float32)
    picture[place] = 0.25
    assert content_digest(picture)


def test_a_single_place_with_channels_that_differ_is_content():
    assert content_digest(np.float32([[1, 2, 3]]))
