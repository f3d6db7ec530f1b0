"""Write the table of docs/apexes.md: how far estimated apexes are from the generator's. Run by make accuracy.

write_apexes_page.py [DATASET ...]: rendered datasets of config.yaml, by default those of `DATASETS`.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tools.page_tables import replaced

from merflow.apexes.motion import FrameMotion, expression_length, motion_of_frames
from merflow.config import read_config
from merflow.datasets.clip import Clip
from merflow.datasets.reading.annotation import midpoint
from merflow.imaging.luma import luma
from merflow.landmarks.groups import GROUPS
from merflow.landmarks.outline import hull_mask, interocular_px
from merflow.plan import index_now

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/apexes.md"
MARK = "apexes"
DATASETS = ("demo", "demo_casme2", "demo_samm")
HEAD = ("clips", "rule", "median, frames", "90 %, frames", "90 %, ms", "right", "motion kept")

AROUND = 0.1
"""Of the distance of the outer eye corners: how far a region reaches beyond its landmarks."""
CUT_AFTER = 2
"""Frames after the apex with which a cut clip ends."""

Curves = Mapping[str, NDArray[np.float64]]


def regions(motion: FrameMotion) -> NDArray[np.bool_]:
    """Return the pixels (S, S) of brows, eyes and mouth, where the literature looks."""
    height, width = motion.flow.shape[1:]
    reach = AROUND * interocular_px(motion.landmarks)
    steps = reach * np.array([(1, 0), (-1, 0), (0, 1), (0, -1)])
    found = np.zeros((height, width), dtype=np.bool_)
    for part in (range(17, 22), range(22, 27), range(36, 42), range(42, 48), GROUPS["mouth"]):
        points = motion.landmarks[list(part)]
        found |= hull_mask(np.concatenate([points + step for step in steps]), (height, width))
    return found


def flow_in_regions(motion: FrameMotion) -> float:
    """Return the mean length of the flow as measured in brows, eyes and mouth, aligned px."""
    return float(np.hypot(*motion.flow)[regions(motion)].mean())


def difference_in_regions(motion: FrameMotion) -> float:
    """Return the mean difference of grey levels from the onset in brows, eyes and mouth."""
    onset, frame = (luma(picture).astype(np.float64) for picture in (motion.onset, motion.frame))
    return float(np.abs(frame - onset)[regions(motion)].mean())


RULES = {
    "largest difference of grey levels in brows, eyes and mouth": difference_in_regions,
    "largest flow in brows, eyes and mouth": flow_in_regions,
    "largest expression flow of the face": expression_length,
}
"""Rules by which the frame is chosen; the last is merflow's."""


def measured(clip: Clip, *, root: Path) -> tuple[list[int], Curves]:
    """Return the frame numbers of a clip, and what each rule gives each of them; 0 at the onset."""
    numbers, values = [clip.onset], {name: [0.0] for name in RULES}
    for motion in motion_of_frames(clip, root):
        numbers.append(motion.number)
        for name, rule in RULES.items():
            values[name].append(rule(motion))
    return numbers, {name: np.array(curve) for name, curve in values.items()}


def rows_of(title: str, clips: Sequence[Clip], found: Sequence[tuple[list[int], Curves]]) -> list[tuple[str, ...]]:
    """Return a row of the table for each rule."""
    chosen: dict[str, list[int]] = {"midpoint of onset and offset": [], **{name: [] for name in RULES}}
    for clip, (numbers, curves) in zip(clips, found, strict=True):
        inside = [index for index, number in enumerate(numbers) if number <= clip.offset]
        chosen["midpoint of onset and offset"].append(midpoint(clip.onset, clip.offset))
        for name in RULES:
            chosen[name].append(numbers[int(np.argmax(curves[name][inside]))])
    return [(title, name, *_errors(clips, frames, found)) for name, frames in chosen.items()]


def _errors(clips: Sequence[Clip], frames: Sequence[int], found: Sequence[tuple[list[int], Curves]]) -> tuple[str, ...]:
    away = np.array([abs(frame - clip.apex) for clip, frame in zip(clips, frames, strict=True)])
    times = np.array([1000 / clip.fps for clip in clips]) * away
    kept = []
    for clip, frame, (numbers, curves) in zip(clips, frames, found, strict=True):
        length = dict(zip(numbers, curves["largest expression flow of the face"], strict=True))
        kept.append(length[frame] / length[clip.apex])
    texts = (f"{np.median(away):.0f}", f"{np.quantile(away, 0.9):.0f}", f"{np.quantile(times, 0.9):.0f}")
    return (*texts, f"{np.mean(away == 0):.0%}", f"{np.mean(kept):.0%}")


def cut(clip: Clip) -> Clip:
    """Return a clip whose annotation ends soon after the apex, as where a coder stops."""
    return replace(clip, offset=min(clip.offset, clip.apex + CUT_AFTER))


def table(datasets: Iterable[str], *, processes: int = 2) -> str:
    """Measure every clip of some datasets and return the table."""
    config, rows = read_config(ROOT / "config.yaml"), list[tuple[str, ...]]()
    for name in datasets:
        index, _ = index_now(config, name)
        clips, root = index.clips, Path(config.datasets[name].root)
        with ProcessPoolExecutor(processes) as pool:
            found = list(pool.map(partial(measured, root=root), clips))
        title = f"`{name}`: {len(clips)} clips, {clips[0].fps:g} frames a second"
        rows += rows_of(title, clips, found)
        if name == "demo":
            rows += rows_of(f"the same, annotated to {CUT_AFTER} frames after the apex", [*map(cut, clips)], found)
    return "\n".join(f"| {' | '.join(row)} |" for row in [HEAD, ("---", "---", *["---:"] * 5), *rows])


def main(datasets: Sequence[str]) -> None:
    """Replace the table of the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replaced(text, MARK, table(datasets or DATASETS), page=PAGE), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
