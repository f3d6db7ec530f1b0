import pytest

from merflow.errors import ConfigError
from merflow.stages.graphs.settings import GraphSettings


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"nodes": 15}, "graphs.nodes: expected one of 14, 31, 68, but found 15"),
        ({"landmarks": "guessed"}, "graphs.landmarks: expected one of tracked, detected"),
        ({"copies": -1}, "graphs.copies: expected 0 to 100"),
        ({"crop_scale": (0.9, 0.8)}, "graphs.crop_scale: expected the smallest and the largest side"),
        ({"crop_scale": (0.9, 1.1)}, "fractions from 0.5 to 1"),
        ({"seed": -3}, "graphs.seed: expected 0 or more"),
    ],
)
def test_what_cannot_work_is_refused(change, expected):
    with pytest.raises(ConfigError, match=expected):
        GraphSettings(**change)


def test_lists_of_yaml_become_tuples():
    assert GraphSettings(crop_scale=[0.7, 0.9]).crop_scale == (0.7, 0.9)
