from itertools import combinations

import pytest

from merflow.datasets.emotions import EMOTIONS as CANONICAL
from merflow.datasets.fourdme.au_emotions import (
    DECISIVE,
    DEPENDENT,
    EMOTIONS,
    WITHOUT_EMOTION,
    emotions_of_units,
)

# Table 4 and rules 3 to 7 of Li et al. 2022, typed from the paper: unit -> emotion, D = dependent, - = none.
PRINTED = dict.fromkeys((1, 4, 7, 9, 10), "negative") | {12: "positive", 2: "surprise"}
PRINTED |= dict.fromkeys((14, 15, 17, 24), "repression") | dict.fromkeys((5, 6, 20, 25), "D")
PRINTED |= dict.fromkeys((39, 43, 45, 56, 58, 63, 64), "-")


@pytest.mark.parametrize(
    ("units", "emotions"),
    [
        ({1, 2, 5, 12}, "positive+surprise"),
        ({4, 7, 12}, "others"),
        ({1, 2, 4}, "negative+surprise"),
        ({6}, "others"),
        ({45}, ""),
        ({12, 17}, "positive+repression"),
        ({4, 17}, "negative+repression"),
        ({1}, "negative"),
        ({1, 2}, "surprise"),
        ({2}, "surprise"),
        ({6, 12}, "positive"),
        ({4, 45}, "negative"),
        ({5, 45}, "others"),
        ({2, 4, 17}, "others"),  # three
        ({2, 12, 17}, "others"),
        (set(), ""),
        ({26}, ""),  # in no row
        ({4, 26}, "negative"),
    ],
)
def test_the_worked_cases(units, emotions):
    assert "+".join(emotions_of_units(units)) == emotions


@pytest.mark.parametrize("unit", PRINTED)
def test_each_unit_of_the_table_alone(unit):
    word = PRINTED[unit]
    assert emotions_of_units([unit]) == {"D": ("others",), "-": ()}.get(word, (word,))


def test_the_table_has_the_units_that_are_printed_each_once():
    groups = [*DECISIVE.values(), DEPENDENT, WITHOUT_EMOTION]
    assert sum(map(len, groups)) == len(frozenset().union(*groups)) == 22
    assert frozenset().union(*groups) == set(PRINTED)
    assert set(EMOTIONS) <= set(CANONICAL)


def by_the_rules(units):
    """The seven rules in the order in which a coder would ask them, unit by unit."""
    words = {PRINTED[unit] for unit in units}
    if {1, 2} <= set(units) and not {4, 7, 9, 10} & set(units):
        words -= {"negative"}
    dependent, found = "D" in words, words - {"D", "-"}
    if len(found) >= 3 or {"positive", "negative"} <= found:
        return {"others"}
    return found or ({"others"} if dependent else set())


def test_every_set_of_up_to_four_units_follows_the_rules():
    for size in range(5):
        for units in combinations(PRINTED, size):
            assert set(emotions_of_units(units)) == by_the_rules(units), units
