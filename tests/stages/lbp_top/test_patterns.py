"""Patterns by hand: which are uniform, which column each has, and which cannot be seen where nothing moves."""

import numpy as np
import pytest

from merflow.stages.lbp_top.patterns import moving_columns, number_of_columns, pattern_columns


def changes(pattern, neighbours):
    """Count the changes around the ring in the pattern's digits."""
    digits = f"{pattern:0{neighbours}b}"
    return sum(a != b for a, b in zip(digits, digits[1:] + digits[0], strict=True))


@pytest.mark.parametrize("neighbours", [4, 5, 8, 12])
def test_uniform_patterns_have_columns_in_order_and_the_others_share_the_last(neighbours):
    uniform = [p for p in range(2**neighbours) if changes(p, neighbours) <= 2]
    columns = pattern_columns(neighbours)
    assert columns[uniform].tolist() == list(range(len(uniform)))
    others = sorted(set(range(2**neighbours)) - set(uniform))
    assert set(columns[others].tolist()) == {len(uniform)}
    assert number_of_columns(neighbours) == len(uniform) + 1


def test_eight_neighbours_have_59_columns_or_256():
    assert number_of_columns(8) == 59
    assert pattern_columns(8).max() == 58
    assert number_of_columns(8, "all") == 256
    assert pattern_columns(8, "all").tolist() == list(range(256))
    assert pattern_columns(8)[0b00001110] != pattern_columns(8)[0b00001010] == 58


def test_patterns_that_nothing_at_rest_has():
    # By hand, 4 neighbours: right, after, left, before. At rest after and before are alike.
    moving = moving_columns(4)
    columns = pattern_columns(4)
    still = {0b0000, 0b0001, 0b0100, 0b1010, 0b1011, 0b1110, 0b1111}
    uniform = {p for p in range(16) if changes(p, 4) <= 2}
    assert {p for p in uniform if not moving[columns[p]]} == still & uniform
    assert not moving[-1]
    assert np.count_nonzero(moving_columns(8)) == 48
