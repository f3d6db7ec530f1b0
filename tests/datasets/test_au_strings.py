import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merflow.datasets.au_strings import ActionUnit, parse_aus

UNIT = st.builds(ActionUnit, st.integers(1, 99), st.sampled_from(["", "A", "L", "R", "T", "B"]))


@pytest.mark.parametrize(
    ("text", "static"),
    [
        ("AU4(k)+L7", [True, False]),
        ("AUR2+12(k)+45", [False, True, False]),
        ("4 ( K ) + 4B(k)", [True, True]),
        ("(4(k)+7)+12", [True, False, False]),
        ("4+7", [False, False]),
    ],
)
def test_units_that_were_there_before_the_onset_are_static(text, static):
    assert [unit.static for unit in parse_aus(text).units] == static
    assert parse_aus(text).unread == ()
    assert parse_aus(text).passed_over == (("brackets",) if text.startswith("(") else ())
    assert parse_aus("4+M57(k)").unread == ("M57(k)",)


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
        ("12AorR14", [(12, "")]),
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
    found = parse_aus(text)
    assert found.units == tuple(ActionUnit(*unit) for unit in units)
    assert (found.unread, found.passed_over) == ((), ())


@pytest.mark.parametrize(
    ("text", "units", "passed_over"),
    [
        ("A12", [(12, "A")], ()),
        ("A7", [(7, "A")], ()),
        ("A14C", [(14, "A")], ()),
        ("a 14 c", [(14, "A")], ()),
        ("A1B+A2C", [(1, "A"), (2, "A")], ()),
        ("A/L12", [(12, "A")], ()),
        ("R / L 12B", [(12, "R")], ()),
        ("4A/B", [(4, "")], ()),
        ("10A/B", [(10, "")], ()),
        ("4 A or B + 7", [(4, ""), (7, "")], ()),
        ("7B/C/D", [(7, "")], ()),
        ("ref(7B)+43", [(43, "")], ("ref(7B)",)),
        ("12A+ref(24)", [(12, "")], ("ref(24)",)),
        ("12A + Ref (24+25) + 7", [(12, ""), (7, "")], ("Ref (24+25)",)),
        ("(R6 or R12)+R15", [(6, "R"), (15, "R")], ("brackets",)),
        ("(4+7)", [(4, ""), (7, "")], ("brackets",)),
        ("R14+17+soft focus", [(14, "R"), (17, "")], ("soft focus",)),
        ("1+2 (trace)", [(1, ""), (2, "")], ("(trace)",)),
    ],
)
def test_asymmetry_intensities_references_brackets_and_remarks_of_samm(text, units, passed_over):
    found = parse_aus(text)
    assert found.units == tuple(ActionUnit(*unit) for unit in units)
    assert (found.unread, found.passed_over) == ((), passed_over)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("AU4(k)+L7", [(4, "", True), (7, "L", False)]),
        ("AUR2+12(k)+45", [(2, "R", False), (12, "", True), (45, "", False)]),
        ("AU1+AU2+R12 (K)", [(1, "", False), (2, "", False), (12, "R", True)]),
        ("4B（k）", [(4, "", True)]),
    ],
)
def test_static_units_of_4dme(text, units):
    found = parse_aus(text)
    assert found.units == tuple(ActionUnit(*unit) for unit in units)
    assert (found.unread, found.passed_over) == ((), ())
    moving = {number for number, _, static in units if not static}
    assert list(found.number_sets(static=False)) == [moving]
    assert list(found.number_sets()) == [{number for number, _, _ in units}]


@pytest.mark.parametrize("text", ["M57(k)", "4(j)", "12(k)(k)"])
def test_a_mark_of_static_units_elsewhere_is_named_as_it_stands(text):
    assert parse_aus(text).unread == (text,)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("12 or 14", [{12}, {14}]),
        ("4A/B23", [{4}, {23}]),  # the letter before a number is its side
        ("12A/L14", [{12}, {14}]),
        ("(R6 or R12)+R15", [{6, 15}, {12, 15}]),
        ("(6+12) or 15", [{6, 12}, {15}]),
        ("1/2+4/7", [{1, 4}, {1, 7}, {2, 4}, {2, 7}]),
        ("4?", [{4}, None]),
        ("4 or", [{4}, None]),
        ("/", [None, None]),
        ("4+?", [None]),
        ("", [set()]),
        ("ref(7B)", [set()]),
    ],
)
def test_readings_of_a_string_that_leaves_a_choice(text, numbers):
    assert list(parse_aus(text).number_sets()) == numbers


@pytest.mark.parametrize(
    ("text", "unread", "units"),
    [
        ("4+x", ["x"], [4]),
        ("4+??", ["??"], [4]),
        ("12 nor 14", ["nor"], [12, 14]),
        ("4+smile", ["smile"], [4]),
        ("0", ["0"], []),
        ("4..7", ["4..7"], []),
        ("LR4", ["LR4"], []),
        ("123", ["123"], []),
        ("4+M57", ["M57"], [4]),
        ("AM5", ["AM5"], []),
        ("A", ["A"], []),
        ("ref 24", ["ref"], [24]),
        ("(6 or 12", ["(6"], []),
        ("6+12)", ["6+12)"], []),
        ("((6)+7)", ["((6)+7)"], []),
        ("12(?)", ["12(?)"], []),
    ],
)
def test_a_part_that_is_no_unit_is_named_and_leaves_the_string_open(text, unread, units):
    found = parse_aus(text)
    assert list(found.unread) == unread
    assert [unit.number for unit in found.units] == units
    assert None in found.number_sets()


@given(st.lists(UNIT, max_size=6), st.sampled_from(["+", ",", "，", " + ", ", "]))
def test_any_list_of_units_is_read_back(units, separator):
    text = separator.join(f"{unit.side}{unit.number}" for unit in units)
    assert parse_aus(text).units == tuple(units)


@given(st.text("0123456789ABLRTUDorxk+,/?() ", max_size=40))
def test_any_string_has_a_reading_and_never_fails(text):
    found = parse_aus(text)
    assert len(found.readings) >= 1
    assert len(set(found.number_sets())) >= 1


@pytest.mark.parametrize("text", ["1/2+" * 5000, "(" * 5000, "1/2+" * 40 + "4", "(1/2+3/4+5/6+7/8+9/10+11/12+13/14)/4"])
def test_a_string_that_would_take_long_is_not_read(text):
    start = time.perf_counter()
    assert None in parse_aus(text).number_sets()
    assert time.perf_counter() - start < 1
