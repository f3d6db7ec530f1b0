import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.datasets.samm import samm_fixture as samm

from merflow.datasets.action_units import OBJECTIVE_CLASSES, known_units, objective_from_aus, unit_note
from merflow.datasets.au_strings import ActionUnit

UNIT = st.builds(ActionUnit, st.integers(1, 99), st.sampled_from(["", "A", "L", "R", "T", "B"]))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("R12+L6", {6, 12}),
        ("L4+R4", {4}),
        ("A12", {12}),
        ("A/L12", {12}),
        ("4A/B", {4}),
        ("R14 or L14", {14}),  # either way
        ("4C + 7, 14", {4, 7, 14}),
        ("ref(7B)+43", {43}),
        ("R14+17+soft focus", {14, 17}),
    ],
)
def test_numbers_of_the_units_without_sides(text, numbers):
    assert known_units(text) == frozenset(numbers)


def test_static_units_count_unless_only_those_that_move_are_asked_for():
    assert known_units("AU4(k)+L7") == {4, 7}
    assert known_units("AU4(k)+L7", static=False) == {7}
    assert known_units("4(k)", static=False) == frozenset()  # known: nothing moves
    assert known_units("4(k) or 4") == {4}
    assert known_units("4(k) or 4", static=False) is None
    assert known_units("", static=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "?",
        "4+?",
        "4?",
        "4 or",
        "12 or 14",
        "(R6 or R12)+R15",
        "4+M57",
        "12 nor 14",
        "4+unclear",
        "ref(7B)",
        "/",
    ],
)
def test_units_that_a_string_leaves_open_are_not_known_and_never_none(text):
    assert known_units(text) is None


def test_every_irregular_string_of_samm_is_read_and_only_the_open_one_is_masked():
    strings = list(samm.IRREGULAR_UNITS)
    assert [text for text in strings if known_units(text) is None] == ["(R6 or R12)+R15"]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", ""),
        ("A12", ""),
        ("4A/B", ""),
        ("?", "action units '?' left open, masked in the AU loss"),
        ("12 or 14", "action units '12 or 14' left open, masked in the AU loss"),
        ("4+M57", "action units '4+M57' not read, masked in the AU loss"),
        ("ref(7B)+43", "action units 'ref(7B)+43' read without ref(7B)"),
        ("R14+17+soft focus", "action units 'R14+17+soft focus' read without soft focus"),
        ("(4+7)+12", "action units '(4+7)+12' read without brackets"),
        ("(R6 or R12)+R15", "action units '(R6 or R12)+R15' left open, masked in the AU loss"),
    ],
)
def test_what_a_person_should_know_of_how_a_string_was_read(text, note):
    assert unit_note(text) == note


@pytest.mark.parametrize(
    ("aus", "objective"),
    [
        ("6+12", "I"),
        ("R12", "I"),
        ("A12", "I"),
        ("7+6+12", "I"),
        ("2+1", "II"),
        ("L1+R2+25", "II"),
        ("A1B+A2C", "II"),
        ("4", "III"),
        ("4A/B", "III"),
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
        ("12A+ref(24)", "I"),
        ("", ""),
        ("?", ""),
        ("4+?", ""),  # 4 alone is III, 4+12 is VII
        ("4?", ""),
        ("4+M57", ""),
        ("4 or 12", ""),
        ("12/14", ""),
        ("(R6 or R12)+R15", ""),  # 6+15 is V, 12+15 is VII
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
