"""What is flagged of graphs: landmarks outside, no motion, a jump at the offset, a head that moves."""

import numpy as np
import pytest
from tests.picture_fixtures import CLIP, GRAPH_ATTRS, SIZE, graph_arrays, write_shard
from tests.quality.conftest import clip_named
from tests.stages.quality_fixture import flagged, measured

from merflow.stages.graphs.quality import QUALITY

ONSET, APEX, OFFSET = range(3)


@pytest.fixture
def of_landmarks(tmp_path):
    """Function from a change of the landmarks (3, 68, 2) to the columns."""

    def compute(change):
        arrays = graph_arrays()
        change(arrays["landmarks"])
        arrays["position"] = arrays["landmarks"][:, arrays["node"]]
        shard = write_shard(tmp_path, "graphs", arrays, GRAPH_ATTRS, {"magnified": "default"})
        return measured(shard, QUALITY, clip_named(CLIP))

    return compute


@pytest.fixture
def clean(of_landmarks):
    def noise(seed):
        def add(landmarks):
            landmarks[1:] += np.random.default_rng(seed).normal(0, 0.1, (2, 68, 2))

        return add

    return [of_landmarks(noise(seed)) for seed in range(9)]


def frozen(landmarks):
    landmarks[APEX] = landmarks[ONSET]


def jumped(landmarks):
    landmarks[OFFSET, 17] += 12


def head_moved(landmarks):
    landmarks[APEX, :, 0] += 2


def cut_off(landmarks):
    landmarks[:, 8, 1] = SIZE + 3


@pytest.mark.parametrize(
    ("fault", "column"),
    [
        (frozen, "node_motion"),
        (jumped, "offset_motion"),
        (head_moved, "bridge_motion"),
        (cut_off, "landmarks_outside"),
    ],
)
def test_a_fault_is_flagged_in_its_column(of_landmarks, clean, fault, column):
    assert flagged(QUALITY, clean, of_landmarks(fault)) == {column}


def test_motion_is_that_of_the_corners_of_the_mouth(of_landmarks):
    assert of_landmarks(lambda _: None) == {
        "landmarks_outside": 0,
        "node_motion": pytest.approx(6),
        "offset_motion": 0,
        "bridge_motion": 0,
    }
