"""The search for what F1 means in 4DME's tables: on planted counts, and on the numbers that are printed."""

import numpy as np
import pytest
from sklearn.metrics import f1_score
from tools.what_f1_means import (
    FOUR_D,
    GRAY,
    POSITIVE,
    READINGS,
    Cell,
    candidates,
    cells,
    clips_that_fit,
    common_positive,
    fitted,
    is_printed_as,
    majority,
    report,
)

MEAN, EQ4 = "mean of present and absent", "eq. 4, present alone"


def arrays(tp, fp, fn, tn):
    return [1] * tp + [0] * fp + [1] * fn + [0] * tn, [1] * (tp + fp) + [0] * (fn + tn)


@pytest.mark.parametrize("counts", [(30, 12, 16, 209), (0, 5, 11, 251), (11, 0, 0, 256)])
def test_readings_are_those_of_scikit_learn(counts):
    truth, said = arrays(*counts)
    asked = {
        EQ4: {"average": "binary"},
        "absent alone": {"average": "binary", "pos_label": 0},
        MEAN: {"average": "macro"},
        "mean weighted by clips": {"average": "weighted"},
    }
    for reading, how in asked.items():
        expected = f1_score(truth, said, zero_division=0, **how)
        assert READINGS[reading](np.array([counts]))[0] == pytest.approx(expected)


def test_planted_counts_are_found_with_the_reading_that_made_them():
    tp, fp, fn, tn = 30, 12, 16, 209
    cell = Cell("5", "x", "AU1", round((tp + tn) / 267, 4), round(READINGS[EQ4](np.array([[tp, fp, fn, tn]]))[0], 4))
    assert (tp, fp, fn, tn) in set(map(tuple, candidates(267, 46, cell.accuracy).tolist()))
    assert fitted(cell, EQ4, clips=267, positive=[46]) == [46]
    assert fitted(cell, MEAN, clips=267, positive=[46]) == []
    assert is_printed_as(178 / 267, 0.6666)  # cut off
    assert is_printed_as(178 / 267, 0.6667)
    assert not is_printed_as(178 / 267, 0.6665)
    assert clips_that_fit([cell], (267, 268)) == {267: 1, 268: 0}


def test_what_the_page_says_of_the_printed_numbers():
    gray, four_d = cells(GRAY), cells(FOUR_D)
    assert (len(gray), len(four_d)) == (44, 52)
    fits = {name: sum(bool(fitted(cell, name, clips=267, positive=[POSITIVE[cell.label]])) for cell in gray)
            for name in READINGS}  # fmt: skip
    assert (fits[MEAN], fits[EQ4]) == (33, 4)
    found = clips_that_fit(four_d, range(200, 301))
    assert [clips for clips, count in found.items() if count == 52] == [236]
    common = common_positive(four_d, MEAN, clips=236, printed=POSITIVE)
    assert common["AU17"] == [11]
    assert common["AU45"] == [32, 33, 34]
    assert all(common.values())
    text = "\n".join(report())
    assert "accuracy 78.14%, f1_macro 0.4357; LBP-TOP as printed: 72.18%, 0.4938" in text
    assert "accuracy 78.28%, f1_macro 0.4356; LBP-TOP as printed: 72.73%, 0.4958" in text


def test_the_majority_by_hand():
    accuracy, macro = majority({"rare": 1, "frequent": 3}, clips=4)
    assert accuracy == 0.75
    assert macro == pytest.approx((2 * 3 / 7) / 2)  # both labels: F1 of the said side is 6/7, of the other 0
