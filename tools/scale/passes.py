"""What a clip costs in an epoch of each network: trained here for one epoch and for several, in CPU time.

Not taken from the workflow's jobs: those of slow networks last longer than their CPU time is sampled closely.
"""

import time
from dataclasses import replace
from pathlib import Path

import torch
import yaml
from tools.scale.measured import MANY

from merflow import paths
from merflow.artefacts import read_examples
from merflow.artefacts.examples_file import IN_MEMORY_BYTES
from merflow.config import Config, load_config, read_schema
from merflow.config.schema import merge
from merflow.training.execution import KEPT_EXAMPLES_BYTES, keep_freed_memory, reproducible
from merflow.training.fold_clips import folds_of_examples, training_clips
from merflow.training.loop import train

OVERLAY = "tools/scale/config.yaml"
EPOCHS = {
    "scale_lite_point_gcn": 20,
    "scale_lite_point_gcn_256": 40,
    "scale_pointnet": 10,
    "scale_pointnet2": 3,
    "scale_kpconv": 3,
    "scale_gts_gn": 40,
    "scale_ss_gn": 40,
    "scale_atm_gcn": 1,
    "scale_atm_gcn_small": 1,
    "scale_atm_gcn_demo": 8,
    "scale_res3d_demo": 8,
    "scale_ststnet": 400,
    "scale_off_apexnet": 100,
}
"""Further epochs of the longer training: some seconds of work each."""

FROM_FILE = ("scale_atm_gcn", "scale_atm_gcn_small")
"""Networks whose examples of real datasets stay in their file."""


def measuring_config(root: Path) -> Config:
    """Return config.yaml with the datasets and experiments that are measured."""
    base, over = (yaml.safe_load((root / name).read_text(encoding="utf-8")) for name in ("config.yaml", OVERLAY))
    return load_config(merge(base, over), read_schema(root / "workflow/schemas/config.schema.yaml"))


def pass_seconds(config: Config, results: Path, name: str) -> float:
    """Return the CPU seconds of a clip in an epoch, forward and backward, in batches of the network's size.

    Parameters
    ----------
    config : Config
        From :func:`measuring_config`.
    results : Path
        Folder that holds ``results``.
    name : str
        One of `EPOCHS`.
    """
    path = results / paths.experiment(MANY, name, "examples.h5")
    at_once = 0 if name in FROM_FILE else IN_MEMORY_BYTES
    examples = read_examples(path, kept_bytes=KEPT_EXAMPLES_BYTES, in_memory_bytes=at_once)
    method = config.experiment(name, MANY).method
    fold = folds_of_examples(examples, method.protocol)[0]
    one_batch = replace(fold, train=fold.train[: method.training.batch_size])
    clips = training_clips(examples, one_batch)

    def seconds(epochs: int) -> float:
        start = time.process_time()
        once = replace(method, training=replace(method.training, min_epochs=epochs, min_steps=0))
        train(clips, once, classes=len(examples.classes), seed=0, device=torch.device("cpu"))
        return time.process_time() - start

    keep_freed_memory()  # as a job does
    with reproducible(torch.device("cpu"), threads=1):
        seconds(1)  # the first training loads libraries and takes memory
        once, longer = seconds(1), seconds(1 + EPOCHS[name])
    return (longer - once) / (EPOCHS[name] * len(clips.labels))
