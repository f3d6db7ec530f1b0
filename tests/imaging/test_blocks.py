"""Blocks by hand, and what holds for all of them: no pixel is lost, and none is counted twice without overlap."""

import numpy as np
import pytest

from merflow.imaging.blocks import block_spans


def test_blocks_by_hand():
    assert block_spans(10, 3).tolist() == [[0, 3], [3, 6], [6, 10]]
    assert block_spans(10, 3, overlap=0.5).tolist() == [[0, 5], [2, 7], [5, 10]]
    assert block_spans(4, 4).tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]


@pytest.mark.parametrize("overlap", [0.0, 0.3, 0.7])
def test_every_pixel_is_in_a_block_and_in_one_only_without_overlap(overlap):
    for length in (7, 30, 150, 224):
        for blocks in range(1, 8):
            counted = np.zeros(length, dtype=int)
            for start, stop in block_spans(length, blocks, overlap=overlap):
                counted[start:stop] += 1
            assert counted.min() >= 1
            assert overlap or counted.max() == 1


@pytest.mark.parametrize(("blocks", "overlap"), [(0, 0), (11, 0), (3, 1), (3, -0.1)])
def test_what_is_no_division_is_refused(blocks, overlap):
    with pytest.raises(ValueError, match="expected 1 to 10 blocks that overlap by 0 to below 1"):
        block_spans(10, blocks, overlap=overlap)
