"""A run of ten times the clips of CAS(ME)^3 to the end, with small pictures of drawn motion: what the size alone costs.

``python -m tools.scale.ten_times FOLDER`` writes pictures of 940 subjects and a configuration into FOLDER, runs the
workflow to the metrics of STSTNet, one epoch a fold, and prints what it took. The scores mean nothing.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import yaml

from merflow.evaluation import read_metrics

SUBJECTS, CLIPS = 940, 8600
CLASSES = ("negative", "positive", "surprise")
SIDE_PX = 28
DATASET, EXPERIMENT = "ten_times", "one_epoch"
METRICS = f"results/{DATASET}/{EXPERIMENT}/metrics.csv"


def write_pictures(root: Path, *, subjects: int, clips: int) -> None:
    """Write a picture of noise for each clip, and their table; the clips are dealt out to the subjects in turn."""
    rng = np.random.default_rng(0)
    root.mkdir(parents=True)
    rows = []
    for number in range(clips):
        subject = f"s{number % subjects + 1:04d}"
        name = f"{subject}_{number:05d}.png"
        pixels = rng.integers(0, 256, (SIDE_PX, SIDE_PX, 3), dtype=np.uint8)
        (root / name).write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
        rows.append((name, subject, f"{number:05d}", CLASSES[number // subjects % len(CLASSES)]))
    pd.DataFrame(rows, columns=["file", "subject", "clip", "label"]).to_csv(root / "clips.csv", index=False)


def write_configuration(folder: Path) -> None:
    """Write the dataset and the experiment."""
    training: dict[str, object] = {"min_epochs": 1, "min_steps": 1, "oracle_best_epoch": False}
    experiment: dict[str, object] = {"extends": "ststnet", "datasets": [DATASET], "seeds": [0], "training": training}
    experiment |= {"baselines": ["flow_image_majority"], "bootstrap": 1000}
    dataset = {"reader": "flow_images", "root": "pictures", "annotation": "pictures/clips.csv"}
    config = {"datasets": {DATASET: dataset}, "experiments": {EXPERIMENT: experiment}}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))


def run(folder: Path, *, cores: int) -> float:
    """Run the workflow to its metrics; return the seconds that it took."""
    began = time.monotonic()
    command = [sys.executable, "-m", "merflow", "run", METRICS, "--cores", str(cores)]
    subprocess.run(command, cwd=folder, check=True)
    return time.monotonic() - began


def main() -> None:
    """Make, run and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a new folder")
    parser.add_argument("--subjects", type=int, default=SUBJECTS)
    parser.add_argument("--clips", type=int, default=CLIPS)
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    write_pictures(given.folder / "pictures", subjects=given.subjects, clips=given.clips)
    write_configuration(given.folder)
    seconds = run(given.folder, cores=given.cores)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    files = Counter(path.relative_to(given.folder).parts[0] for path in given.folder.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in given.folder.rglob("*") if path.is_file())
    scored = next(row for row in read_metrics(given.folder / METRICS) if row.metric == "UF1")
    print(f"subjects {given.subjects}, clips {given.clips}, clips scored {scored.n}")
    print(f"{seconds / 60:.1f} min on {given.cores} cores, {(used.ru_utime + used.ru_stime) / 60:.1f} min of CPU time")
    print(f"largest process {used.ru_maxrss / 1e6:.2f} GB; {size / 1e9:.2f} GB on disk; files: {dict(files)}")


if __name__ == "__main__":
    main()
