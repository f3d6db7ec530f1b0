"""A training step of the point network, and the bootstrap."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from benchmarks.timing import Case
from merflow.evaluation.bootstrap import headline_interval, subject_confusions
from merflow.evaluation.metrics import confusion_matrix, headline

BATCH, REGIONS, POINTS, CHANNELS = 24, 8, 256, 6
REPLICATES = 1000


def learning_cases() -> Iterator[Case]:
    """Yield the comparisons; torch runs on one thread."""
    import torch

    torch.set_num_threads(1)
    yield _training_step()
    yield _bootstrap()


def _training_step() -> Case:
    import torch

    from merflow.models.point_level import PointLevel

    widths = (CHANNELS, 64, 128, 256)
    ours = torch.nn.ModuleList(PointLevel(a, b) for a, b in pairwise(widths))
    plain = torch.nn.ModuleList(
        torch.nn.Sequential(torch.nn.Conv1d(a, b, 1, bias=False), torch.nn.BatchNorm1d(b), torch.nn.ReLU())
        for a, b in pairwise(widths)
    )
    groups = BATCH * REGIONS
    keeps = (POINTS // 2, POINTS // 8, 0)
    points_first = torch.randn(POINTS, groups, CHANNELS)
    channels_first = points_first.permute(1, 2, 0).contiguous()

    def our_step() -> None:
        h, pooled = points_first, []
        for level, keep in zip(ours, keeps, strict=True):
            features, h = level(h, keep)
            pooled.append(features)
        torch.cat(pooled, 1).sum().backward()

    def plain_step() -> None:
        h, pooled = channels_first, []
        for level, keep in zip(plain, keeps, strict=True):
            mapped = level(h)
            pooled.append(mapped.amax(2))
            h = mapped[:, :, :keep]
        torch.cat(pooled, 1).sum().backward()

    return Case(
        f"Lite-PointNet step, {BATCH} x {REGIONS} x {POINTS} points",
        "Conv1d, BatchNorm1d, ReLU, amax",
        our_step,
        plain_step,
    )


def _bootstrap() -> Case:
    rng = np.random.default_rng(0)
    labels, predicted = rng.integers(0, 3, (2, 860))
    subject = rng.integers(0, 94, 860)
    rows = {name: np.flatnonzero(subject == name) for name in np.unique(subject)}

    def ours() -> None:
        confusions = subject_confusions(
            labels, predicted, subjects=subject.astype(str), runs=np.zeros(860, int), classes=3
        )
        headline_interval(confusions, replicates=REPLICATES)

    return Case(
        f"bootstrap of 94 subjects, {REPLICATES} replicates",
        "resample rows, then score",
        ours,
        _resampling(rows, labels, predicted),
    )


def _resampling(rows: dict[int, np.ndarray], labels: np.ndarray, predicted: np.ndarray) -> Callable[[], None]:
    """Return the bootstrap as it is usually written: draw subjects, gather their rows, compute the metrics."""
    names = np.array(list(rows))

    def work() -> None:
        rng = np.random.default_rng(0)
        for _ in range(REPLICATES):
            drawn = np.concatenate([rows[name] for name in rng.choice(names, len(names))])
            headline(confusion_matrix(labels[drawn], predicted[drawn], classes=3))

    return work
