import dataclasses

import pytest

from merflow.datasets.clip import Clip
from merflow.datasets.composite.classes import check_classes
from merflow.datasets.labels import LABEL_SETS, label_set_named
from merflow.datasets.multi_labels import MultiLabelSet, action_unit_set
from merflow.errors import ConfigError, DatasetError

CLIP = Clip("demo", "1", "a", "A", "micro", 1, 2, 3, 30.0, "", "", "", "c", "", "")
AU8, MOVING, EMOTIONS = (LABEL_SETS[name] for name in ("au8", "au8_moving", "emotion5_multi"))


def with_values(**values):
    return dataclasses.replace(CLIP, **values)


@pytest.mark.parametrize(
    ("aus", "all_units", "moving"),
    [
        ("4+7", "AU4+AU7", "AU4+AU7"),
        ("R12+L6", "AU6+AU12", "AU6+AU12"),  # sides do not count
        ("AU4(k)+L7", "AU4+AU7", "AU7"),
        ("AU1+2+4(k)+45", "AU1+AU2+AU4+AU45", "AU1+AU2+AU45"),
        ("4(k)", "AU4", "none"),
        ("43", "none", "none"),  # a unit outside the set: all zero is a valid vector
        ("12A/B", "AU12", "AU12"),
        ("17", "AU17", "AU17"),
    ],
)
def test_units_of_a_clip(aus, all_units, moving):
    assert [one.text(one.label_of(with_values(aus=aus))) for one in (AU8, MOVING)] == [all_units, moving]
    assert len(AU8.label_of(with_values(aus=aus))) == 8


@pytest.mark.parametrize(
    ("aus", "why"),
    [
        ("", "no action units"),
        ("4+?", "action units '4+?' are left open"),
        ("12 or 14", "are left open"),
        ("?", "open"),
    ],
)
def test_a_clip_whose_units_are_not_settled_lies_outside(aus, why):
    for one in (AU8, MOVING):
        assert one.label_of(with_values(aus=aus)) is None
        assert why in one.why_outside(with_values(aus=aus))
    assert MOVING.label_of(with_values(aus="4(k) or 4")) is None  # of which it is not known whether 4 moved
    assert AU8.text(AU8.label_of(with_values(aus="4(k) or 4"))) == "AU4"


def test_emotions_of_a_clip():
    found = {
        text: EMOTIONS.label_of(with_values(emotions=text))
        for text in ("positive", "surprise+negative", "others", "none", "", "anger", "happiness+repression")
    }
    assert found == {
        "positive": (1, 0, 0, 0, 0),
        "surprise+negative": (0, 1, 1, 0, 0),
        "others": (0, 0, 0, 0, 1),
        "none": (0, 0, 0, 0, 0),
        "": None,  # empty cells: outside
        "anger": (0, 1, 0, 0, 0),  # as in emotion4
        "happiness+repression": (1, 0, 0, 1, 0),
    }
    assert EMOTIONS.why_outside(CLIP) == "no emotions label"
    assert EMOTIONS.label_of(with_values(emotion="positive")) is None  # one emotion of another kind of annotation
    with pytest.raises(DatasetError, match=r"clip 1_a_1: emotions 'glad': 'glad' is not known to label set"):
        EMOTIONS.label_of(with_values(emotions="glad"))


def test_columns_and_plain_values():
    column = AU8.column([AU8.label_of(with_values(aus="1")), AU8.label_of(with_values(aus="45"))])
    assert column.dtype == "uint8"
    assert column.tolist() == [[1, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 1]]
    assert AU8.column([]).shape == (0, 8)
    assert MOVING.plain() == {**AU8.plain(), "static_units": False}
    assert AU8.plain()["shown_by"]["AU45"] == [45]
    brows = MultiLabelSet("brows", ("up", "down"), "aus", {"up": (1, 2), "down": (4,)})
    assert brows.label_of(with_values(aus="2+4")) == (1, 1)
    with pytest.raises(DatasetError, match="expected different labels, each with what shows it"):
        MultiLabelSet("brows", ("up", "down"), "aus", {"up": (1, 2)})


def test_a_label_set_of_the_user_is_found_by_its_module(tmp_path, monkeypatch):
    (tmp_path / "own_labels.py").write_text(
        "from merflow.datasets.multi_labels import action_unit_set\n"
        "LOWER = action_unit_set('lower_face', (12, 14, 17), static_units=False)\nNO_SET = 3\n"
    )
    monkeypatch.setenv("MERFLOW_CONFIG_FOLDER", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    assert label_set_named("own_labels:LOWER") == action_unit_set("lower_face", (12, 14, 17), static_units=False)
    assert label_set_named("au8") is AU8
    with pytest.raises(ConfigError, match=r"own_labels:NO_SET: expected a label set, .* found a int"):
        label_set_named("own_labels:NO_SET")
    with pytest.raises(ConfigError, match=r"labels: expected one of emotion3, .* but found 'au9'.* Did you mean 'au8'"):
        label_set_named("au9")


def test_members_of_a_composite_must_show_every_label():
    clips = [with_values(part=part, aus=aus) for part, aus in (("a", "1"), ("a", "4"), ("b", "1+4"))]
    two = action_unit_set("two", (1, 4))
    check_classes(clips, two, ("a", "b"))
    with pytest.raises(DatasetError, match="but b has none of AU4"):
        check_classes([*clips[:2], with_values(part="b", aus="1")], two, ("a", "b"))


def test_a_unit_that_nobody_coded_is_not_absent():
    some = with_values(aus="4+12", coded_units="1 2 4 6 7 12 17")
    assert AU8.label_of(some) is None
    assert AU8.why_outside(some) == (
        "action units 45 of au8 were not coded; au8(AU1, AU2, AU4, AU6, AU7, AU12, AU17) has those that were"
    )
    coded = label_set_named("au8(AU1, AU2, AU4, AU6, AU7, AU12, AU17)")
    assert coded.label_of(some) == (0, 0, 1, 0, 0, 1, 0)
    assert AU8.label_of(with_values(aus="4+12", coded_units="1 2 4 6 7 10 12 17 45")) == (0, 0, 1, 0, 0, 1, 0, 0)
    assert EMOTIONS.label_of(with_values(emotions="positive", coded_units="1")) == (1, 0, 0, 0, 0)
