"""What two records do not have in common, by hand."""

from merflow.artefacts.differences import differences

THEN = {"size_px": 28, "tvl1": {"tau": 0.25, "theta": 0.2}, "older": 1}
NOW = {"size_px": 14, "tvl1": {"tau": 0.25, "theta": 0.3, "newer": 2}}


def test_each_setting_is_told_at_its_place():
    told = "older: 1 then, None now; size_px: 28 then, 14 now; tvl1: newer: None then, 2 now; theta: 0.2 then, 0.3 now"
    assert differences(THEN, NOW) == told


def test_what_one_of_two_versions_lacks_is_passed_over_at_any_depth():
    assert differences(THEN, NOW, known_to_both=True) == "size_px: 28 then, 14 now; tvl1: theta: 0.2 then, 0.3 now"
    assert differences(THEN, THEN | {"tvl1": {"tau": 0.25, "newer": 2}}, known_to_both=True) == ""


def test_nothing_is_told_of_equal_records():
    assert differences(THEN, dict(THEN)) == ""
