"""Write the tables of docs/magnification.md: write_magnification_page.py TABLE.csv.

Gains and errors come from the measured table. The time per frame is taken here, since it is this machine's: one thread,
where OMP_NUM_THREADS=1 is set as make sets it.
"""

import statistics
import sys
import time
from pathlib import Path

import cv2
import pandas as pd
from tools.page_tables import replaced

from merflow.stages.magnified.methods import magnify
from merflow.stages.magnified.settings import MagnificationSettings
from merflow.verification.magnification import BenchSettings, methods_to_measure
from merflow.verification.magnification_clips import MotionClip, film_pair
from merflow.verification.magnification_scenes import sample_scenes

PAGE = Path(__file__).parents[1] / "docs/magnification.md"
TIMED_SIZE_PX = 0.5
ROUNDS = 7


def size_table(table: pd.DataFrame, *, wrinkles: str) -> str:
    """Return gain and error of every method at every size as markdown."""
    part = table[table["wrinkles"] == wrinkles]
    sizes = list(dict.fromkeys(part["motion_px"]))
    lines = ["| method | " + " | ".join(f"{size} px" for size in sizes) + " |", "| --- |" + " ---: |" * len(sizes)]
    for method in dict.fromkeys(part["method"]):
        rows = part[part["method"] == method].set_index("motion_px")
        cells = [f"{rows.at[size, 'gain']:.2f} / {rows.at[size, 'rmse']:.1f}" for size in sizes]
        lines.append(f"| `{method}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def time_table(names: list[str]) -> str:
    """Return the time that each method takes for a frame, as markdown; the methods take turns."""
    methods = {name: settings for name, settings in methods_to_measure().items() if name in names}
    scene = sample_scenes(faces=1, displays=((4,),), seed=BenchSettings().seed)[0]
    clip = film_pair(scene, size_px=TIMED_SIZE_PX, factor=3.0, noise_sd=1.0, seed=(0,))[False]
    times: dict[str, list[float]] = {name: [] for name in methods}
    cv2.setNumThreads(1)
    for turn in range(ROUNDS + 1):
        for name, settings in methods.items():
            seconds = one_frame(clip, settings)
            if turn:  # the first turn builds filters and loads libraries
                times[name].append(seconds)
    head = f"| method | ms a frame, median of {ROUNDS} |\n| --- | ---: |"
    return "\n".join(
        [head, *(f"| `{name}` | {1000 * statistics.median(found):.0f} |" for name, found in times.items())]
    )


def one_frame(clip: MotionClip, settings: MagnificationSettings) -> float:
    """Return the seconds that one frame takes."""
    start = time.perf_counter()
    magnify(clip.onset, clip.frame, settings)
    return time.perf_counter() - start


def main(csv: Path) -> None:
    """Replace what stands between the apex_and_length of the page."""
    table = pd.read_csv(csv, dtype={"motion_px": str, "wrinkles": str})
    text = PAGE.read_text(encoding="utf-8")
    text = replaced(text, "without wrinkles", size_table(table, wrinkles="no"), page=PAGE)
    text = replaced(text, "with wrinkles", size_table(table, wrinkles="yes"), page=PAGE)
    text = replaced(text, "time", time_table(list(table["method"].unique())), page=PAGE)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
