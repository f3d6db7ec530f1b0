"""Writing and reading shards: what the portable default costs against zstd and against NumPy's own format."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

from benchmarks.timing import Case
from merflow.artefacts import ShardWriter, open_shard

CLIPS = 12


def store_cases() -> Iterator[Case]:
    """Yield the comparisons on the flow of one subject of the demo's size."""
    rng = np.random.default_rng(0)
    flow = gaussian_filter(rng.normal(size=(CLIPS, 2, 256, 256)), (0, 0, 8, 8)).astype(np.float16) * 20
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)

        def write(compression: str) -> Path:
            path = base / f"{compression}.h5"
            with ShardWriter(
                path, kind="flow", variant="v", dataset="d", subject="s", params={}, code="", inputs={},
                compression=compression,
            ) as shard:  # fmt: skip
                for number, one in enumerate(flow):
                    shard.add(str(number), {"flow": one, "expression_flow": one, "head_motion": np.zeros((2, 3))})
            return path

        def read(path: Path) -> None:
            with open_shard(path, kind="flow") as shard:
                for clip in shard.clips:
                    shard.read(clip, "flow")
                    shard.read(clip, "expression_flow")

        gzip, zstd, arrays = write("gzip"), write("zstd"), base / "flow.npz"
        yield Case(
            "write a flow shard (gzip, checksums, read back)",
            "numpy.savez_compressed",
            lambda: write("gzip"),
            lambda: np.savez_compressed(arrays, flow=flow, expression_flow=flow),
        )
        yield Case("write a flow shard, zstd", "gzip", lambda: write("zstd"), lambda: write("gzip"))
        yield Case("read a flow shard, zstd", "gzip", lambda: read(zstd), lambda: read(gzip))
