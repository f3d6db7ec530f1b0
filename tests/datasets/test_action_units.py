import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.datasets.action_units import (
    OBJECTIVE_CLASSES,
    ActionUnit,
    objective_from_aus,
    parse_aus,
    readable_units,
    unit_numbers,
)
from merflow.errors import DatasetError

UNIT = st.builds(ActionUnit, st.integers(1, 99), st.sampled_from(["", "L", "R", "T", "B"]))


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("12", [(12, "")]),
        ("R12", [(12, "R")]),
        ("4+R2", [(4, ""), (2, "R")]),
        ("T28+14", [(28, "T"), (14, "")]),
        ("B23", [(23, "B")]),
        ("2+1", [(2, ""), (1, "")]),
        ("4,7，", [(4, ""), (7, "")]),
        ("4，7,", [(4, ""), (7, "")]),
        ("AU1 + au2", [(1, ""), (2, "")]),
        ("L12B", [(12, "L")]),
        ("AU 4C + 7 B + b23", [(4, ""), (7, ""), (23, "B")]),
        ("R12A or L14B", [(12, "R")]),
        ("4 + 12 OR 14+7", [(4, ""), (12, ""), (7, "")]),
        ("12/14", [(12, "")]),
        ("R12A / L14B + 7", [(12, "R"), (7, "")]),
        ("R 12", [(12, "R")]),
        ("AU R 12 + l 4 B", [(12, "R"), (4, "L")]),
        ("4 or T 28", [(4, "")]),
        ("B 23", [(23, "B")]),
        ("7 B 23", [(7, ""), (23, "")]),  # intensity of 7: 23 has no side
        ("AD57", [(57, "")]),
        ("4 + AD 19", [(4, ""), (19, "")]),
        ("?", []),
        ("4+?", [(4, "")]),
        ("4?+7", [(4, ""), (7, "")]),
        ("", []),
        (" , ", []),
    ],
)
def test_strings_of_the_sheets(text, units):
    assert parse_aus(text) == tuple(ActionUnit(*unit) for unit in units)


@given(st.lists(UNIT, max_size=6), st.sampled_from(["+", ",", "，", " + ", ", "]))
def test_any_list_of_units_is_read_back(units, separator):
    text = separator.join(f"{unit.side}{unit.number}" for unit in units)
    assert parse_aus(text) == tuple(units)


UNREADABLE = ["4+x", "4+??", "or", "0", "4..7", "LR4", "123", "7B/C", "M57", "1+2 (trace)", "4 or", "/", "AM5", "A12"]


@pytest.mark.parametrize("text", UNREADABLE)
def test_other_strings_are_refused_with_the_part_that_is_wrong(text):
    with pytest.raises(DatasetError, match="expected numbers such as 4, R12 or AU7"):
        parse_aus(text)


@pytest.mark.parametrize("text", UNREADABLE)
def test_strings_that_cannot_be_read_hold_no_unit_and_settle_no_class(text):
    assert readable_units(text) is None
    assert unit_numbers(text) == frozenset()
    assert objective_from_aus(text) == ""


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("R12+L6", {6, 12}), ("L4+R4", {4}), ("4C + 7 or 14", {4, 7}), ("4+?", {4}), ("?", ()), ("", ())],
)
def test_numbers_of_the_units_without_sides(text, numbers):
    assert unit_numbers(text) == readable_units(text) == frozenset(numbers)


@pytest.mark.parametrize(
    ("aus", "objective"),
    [
        ("6+12", "I"),
        ("R12", "I"),
        ("7+6+12", "I"),
        ("2+1", "II"),
        ("L1+R2+25", "II"),
        ("4", "III"),
        ("4+5+7", "III"),
        ("10", "IV"),
        ("4+9+17", "IV"),
        ("1", "V"),
        ("4+1", "V"),
        ("1+2+4", "VI"),
        ("20", "VI"),
        ("14", "VII"),
        ("4+12", "VII"),
        ("7", "VII"),
        ("4C + 7B", "III"),
        ("", ""),
        ("?", ""),
        ("4+?", ""),  # 4 alone is III, 4+12 is VII
        ("4?", ""),
        ("4 or 12", ""),
        ("12/14", ""),
        ("6 or 12", "I"),  # either way
        ("12 + 6 or 14", ""),  # 6+12 is I, 12+14 is VII
        ("14 + 12 or 7", "VII"),
    ],
)
def test_objective_class_of_combinations(aus, objective):
    assert objective_from_aus(aus) == objective


@given(st.lists(UNIT, min_size=1, max_size=4), st.randoms())
def test_objective_class_ignores_order_sides_and_repeats(units, random):
    text = "+".join(str(unit.number) for unit in units)
    shuffled = [*units, units[0]]
    random.shuffle(shuffled)
    objective = objective_from_aus(text)
    assert objective in OBJECTIVE_CLASSES
    assert objective_from_aus(",".join(f"{unit.side}{unit.number}" for unit in shuffled)) == objective
