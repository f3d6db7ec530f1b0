import numpy as np
import pytest

from merflow.artefacts import ShardWriter

FLOW_CLIP = "spNO.1_a_45"


@pytest.fixture
def flow_arrays():
    rng = np.random.default_rng(5)
    total = rng.normal(0, 2, (2, 32, 32)).astype(np.float32)
    return {"flow": total, "expression_flow": total - 1, "head_motion": np.array([[0, 0, 1.0], [0, 0, 1.0]])}


@pytest.fixture
def write_flow(flow_arrays):
    """Write a flow shard with one clip and one exclusion; keyword arguments replace the writer's."""

    def write(path, arrays=flow_arrays, **changes):
        arguments = {
            "kind": "flow",
            "variant": "tvl1",
            "dataset": "demo",
            "subject": "spNO.1",
            "params": {"tvl1": {"tau": 0.25}, "method": "tvl1"},
            "code": "0123456789abcdef",
            "inputs": {"faces": "ab" * 32},
        } | changes
        with ShardWriter(path, **arguments) as shard:
            shard.add(FLOW_CLIP, arrays)
            shard.exclude("spNO.1_b_9", stage="faces", reason="no face", source="part_A/b/color/9.jpg")
        return path

    return write
