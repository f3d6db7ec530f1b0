"""The networks that ``make bench`` times: their names and parameters are texts, which no type checker reads."""

import pytest
from benchmarks.flow_images import flow_image_cases
from benchmarks.landmark_graphs import landmark_graph_cases


@pytest.mark.parametrize("group", [flow_image_cases, landmark_graph_cases])
def test_each_network_is_built_and_reads_a_clip(group):
    of_one_clip = [case for case in group() if case.name.endswith(", one clip")]
    for case in of_one_clip:
        case.ours()
        case.reference()
    assert of_one_clip
