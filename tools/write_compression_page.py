"""Write the table of docs/compression.md: what video codings do to optical flow. Run by make accuracy.

write_compression_page.py [EVERY]: of every so many of the demo's clips (default: 4), which must be rendered.
"""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from tools.compression.measured import Error, errors_of_clip
from tools.page_tables import replaced

from merflow.config import read_config
from merflow.plan import index_now

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/compression.md"
MARK, DATASET, EVERY = "compression", "demo", 4
HEAD = (
    *("coding", "kB a frame", "flow differs, px", "of the motion", "expression flow differs, px", "of the expression"),
    *("angle", "error against the truth, px", "face found in the video"),
)


def row(title: str, clips: Sequence[Error]) -> str:
    """Return a line of the table: means over the clips; shares are of the means."""
    mean = Error(*(float(np.nanmean(values)) for values in zip(*clips, strict=True)))
    cells = (
        title,
        f"{mean.kilobytes:.0f}",
        f"{mean.total_px:.2f}",
        f"{mean.total_px / mean.moved_px:.0%}",
        f"{mean.rest_px:.2f}",
        f"{mean.rest_px / mean.expression_px:.0%}",
        f"{mean.angle_deg:.0f}°",
        f"{mean.truth_px:.3f}",
        f"{mean.own_face_px:.3f}",
    )
    return f"| {' | '.join(cells)} |"


def table(clips: Sequence[Mapping[str, Error]]) -> str:
    """Return the table of all codings."""
    lines = [row(title, [clip[title] for clip in clips]) for title in clips[0]]
    return "\n".join([f"| {' | '.join(HEAD)} |", f"| --- {'| ---: ' * (len(HEAD) - 1)}|", *lines])


def main(every: int = EVERY, *, processes: int = 2) -> None:
    """Measure and replace the table of the page."""
    config = read_config(ROOT / "config.yaml")
    index, _ = index_now(config, DATASET)
    root = Path(config.datasets[DATASET].root).absolute()
    with tempfile.TemporaryDirectory() as work, ProcessPoolExecutor(processes) as pool:
        clips = list(pool.map(partial(errors_of_clip, root=root, work=Path(work)), index.clips[::every]))
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replaced(text, MARK, table(clips), page=PAGE), encoding="utf-8")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
