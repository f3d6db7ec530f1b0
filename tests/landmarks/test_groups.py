import pytest

from merflow.drawing.landmark_lines import PARTS
from merflow.landmarks.groups import GROUPS, OTHER_COLOUR, group_of, group_runs, pair_colour, pair_of


def test_every_landmark_has_one_group():
    assert [number for members in GROUPS.values() for number in members] == list(range(68))


def test_each_drawn_outline_lies_in_one_group():
    names = [{group_of(number) for number in part} for part in PARTS]
    assert [name for (name,) in names] == ["jaw", "brows", "brows", "nose", "nose", "eyes", "eyes", "mouth", "mouth"]


def test_runs_of_a_list_of_nodes():
    assert group_runs([17, 26, 27, 35, 30, 48]) == [("brows", 0, 2), ("nose", 2, 5), ("mouth", 5, 6)]


@pytest.mark.parametrize(
    ("first", "second", "colour"),
    [
        (19, 30, "#d55e00"),
        (30, 19, "#d55e00"),
        (57, 24, "#0072b2"),
        (31, 48, "#009e73"),
        (17, 26, "#000000"),
        (48, 54, OTHER_COLOUR),
        (0, 30, OTHER_COLOUR),
    ],
)
def test_colours_of_the_papers_figure(first, second, colour):
    assert pair_colour(first, second) == colour


def test_pairs_run_down_the_face():
    assert pair_of(54, 20) == ("brows", "mouth")
