"""What the jobs and files of the small embedded datasets of config.yaml (beside this module) cost here.

Time is the CPU time of a job's process from its start, which the job itself notes (``spy/sitecustomize.py``).
"""

import statistics
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from merflow import paths
from merflow.artefacts import open_shard
from merflow.datasets.clip import Clip
from merflow.datasets.clip_table import read_clips

NOTED = ".cpu"
"""Ending of the file beside a log with the CPU seconds of its job."""

MANY, FEW = "scale", "scale_few"
"""Two datasets of one layout that differ in clips a subject: the same job on both tells its start from its work."""


class Cost(NamedTuple):
    """What a job costs.

    Attributes
    ----------
    start_s : float
        CPU seconds before its first clip: interpreter, imports, reading.
    clip_s : float
        CPU seconds a clip; of a training a clip and epoch.
    clip_bytes : float
        Bytes a clip of what it writes; of a training bytes a fold and seed.
    """

    start_s: float
    clip_s: float
    clip_bytes: float


class Measured:
    """A results folder with the datasets of ``tools/scale/config.yaml``.

    Parameters
    ----------
    root : Path
        Folder that holds ``results``.
    pass_seconds : callable
        From the name of an experiment to the CPU seconds of a clip in one epoch of its training.
    """

    def __init__(self, root: Path, pass_seconds: Callable[[str], float]) -> None:
        self._root, self._pass_seconds = root, cache(pass_seconds)
        self.stage = cache(self._stage)
        self.examples = cache(self._examples)
        self.training = cache(self._training)

    def _stage(self, rule: str, kind: str, variant: str, dataset: str) -> Cost:
        """Return the cost of a stage on pictures like those of a dataset."""
        many, few = (self._seconds(rule, name, variant) for name in (MANY, FEW))
        start, clip = line_through(self._clips_a_subject(FEW), few, self._clips_a_subject(MANY), many)
        if dataset != MANY:
            clip = max(0.0, self._seconds(rule, dataset, variant) - start) / self._clips_a_subject(dataset)
        shards = sorted((self._root / paths.shard(dataset, kind, variant, "x")).parent.glob("*.h5"))
        return Cost(start, clip, _bytes(shards) / len(self.clips(dataset)))

    def _examples(self, experiment: str) -> Cost:
        """Return the cost of collecting an experiment's examples, a clip of them."""
        clips = len(self.clips(MANY))
        many, few = (self._seconds("build_examples", name, f"{experiment}{NOTED}") for name in (MANY, FEW))
        start, clip = line_through(len(self.clips(FEW)), few, clips, many)
        return Cost(start, clip, _bytes([self._root / paths.experiment(MANY, experiment, "examples.h5")]) / clips)

    def _training(self, experiment: str, copies: int) -> Cost:
        """Return the cost of training a network: of a clip in an epoch, and the bytes of what one seed keeps.

        Parameters
        ----------
        experiment : str
            Trained for one epoch.
        copies : int
            Altered copies of each clip that are trained on beside it.
        """
        dataset, fold = self._trained_fold(experiment)
        shown = (1 + copies) * sum(clip.subject != fold.name for clip in self.clips(dataset))
        clip = self._pass_seconds(experiment)
        start = max(0.0, self._seconds("train_folds", dataset, experiment) - shown * clip)
        return Cost(start, clip, _bytes(path for path in fold.rglob("*") if path.is_file()))

    def _trained_fold(self, experiment: str) -> tuple[str, Path]:
        """Return the dataset on which a fold of an experiment was trained, and the folder of its results.

        Slow networks are trained on few clips.
        """
        for dataset in (FEW, MANY):
            folds = (self._root / paths.fold(dataset, experiment, "x")).parent
            if folds.is_dir():
                return dataset, min(folds.iterdir())
        raise SystemExit(f"expected a fold of {experiment} in {self._root}, found none. Run: make scale")

    def per_job(self, rule: str) -> float:
        """Return the mean seconds of a rule's jobs on the larger of the two datasets."""
        return self._seconds(rule, MANY, "")

    def scores_bytes(self, experiment: str) -> float:
        """Return the bytes of an experiment beside its examples and folds: tables, and of a network pictures."""
        folder = self._root / paths.experiment(MANY, experiment)
        files = (path for path in folder.rglob("*") if path.is_file() and path.name != "examples.h5")
        return _bytes(path for path in files if "folds" not in path.relative_to(folder).parts)

    def fold_bytes(self, experiment: str) -> float:
        """Return the bytes of a fold."""
        folds = self._root / paths.experiment(MANY, experiment, "folds")
        return _bytes(path for path in folds.rglob("*") if path.is_file()) / self.subjects()

    def index_bytes(self) -> float:
        """Return the bytes of an index, and of its clips that are left out."""
        return _bytes((self._root / paths.clips(MANY)).parent.glob("*.csv*"))

    def rules(self) -> list[str]:
        """Return the rules of which a job ran on the larger of the two datasets."""
        folder = (self._root / paths.log("x")).parent
        return sorted(path.name for path in folder.iterdir() if self._noted(path.name, MANY, ""))

    def experiments(self, rule: str) -> list[str]:
        """Return the experiments of which a job of a rule ran on the larger of the two datasets."""
        folder = (self._root / paths.log(rule, MANY)).with_suffix("")
        return sorted(path.name for path in folder.iterdir() if path.is_dir())

    def variants(self, dataset: str) -> list[tuple[str, str]]:
        """Return kind and variant of the artefacts of a dataset."""
        folder = (self._root / paths.shard_list(dataset, "k", "v")).parents[2]
        return sorted((path.parent.name, path.name) for path in folder.glob("*/*"))

    def recordings_bytes(self, dataset: str) -> float:
        """Return the bytes of a clip of embedded recordings, their ground truth included."""
        files = (self._root / paths.raw(dataset)).rglob("*")
        return _bytes(path for path in files if path.is_file()) / len(self.clips(dataset))

    def frames(self, variant: str, dataset: str) -> float:
        """Return the mean number of recorded frames that the sequence of a clip was read from."""
        counts = []
        for path in sorted((self._root / paths.shard(dataset, "sequences", variant, "x")).parent.glob("*.h5")):
            with open_shard(path, kind="sequences") as shard:
                counts += [len(shard.attrs(clip)["recorded"]) for clip in shard.clips]
        return statistics.mean(counts)

    def subjects(self) -> int:
        """Return the subjects of the larger of the two datasets."""
        return len({clip.subject for clip in self.clips(MANY)})

    def clips(self, dataset: str) -> list[Clip]:
        """Return the clips of an embedded dataset."""
        return read_clips(self._root / paths.clips(dataset))

    def _clips_a_subject(self, dataset: str) -> float:
        return statistics.mean(Counter(clip.subject for clip in self.clips(dataset)).values())

    def _seconds(self, rule: str, dataset: str, below: str) -> float:
        """Return the seconds of a job: of jobs that are alike the quickest, since whatever else runs only adds."""
        noted = self._noted(rule, dataset, below)
        if not noted:
            where = self._root / paths.log(rule, dataset, below)
            raise SystemExit(f"expected the CPU seconds of {rule} in {where.parent}, but found none. Run: make scale")
        return (min if below else statistics.mean)(float(path.read_text(encoding="utf-8")) for path in noted)

    def _noted(self, rule: str, dataset: str, below: str) -> list[Path]:
        whole = (self._root / paths.log(rule, dataset)).with_suffix(NOTED)
        at = whole.with_suffix("") / below
        named = [path for path in (whole if not below else at,) if path.is_file()]
        return named or sorted(at.rglob(f"*{NOTED}"))


def line_through(few: float, few_s: float, many: float, many_s: float) -> tuple[float, float]:
    """Return (seconds before the first clip, seconds a clip) of the line through two measurements.

    Where noise would make one of them negative, it is 0 and the other takes it all.

    Convention
    ----------
    By hand: 2 clips in 3 s and 12 clips in 8 s are 0.5 s a clip and 2 s before the first.
    """
    slope = (many_s - few_s) / (many - few)
    if slope <= 0:
        return many_s, 0.0
    start = few_s - slope * few
    return (start, slope) if start >= 0 else (0.0, many_s / many)


def _bytes(files: Iterable[Path]) -> float:
    return float(sum(path.stat().st_size for path in files))
