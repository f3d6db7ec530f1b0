"""A training step of the point network, altered sequences, and the bootstrap."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from benchmarks.timing import Case
from merflow.evaluation.bootstrap import headline_interval, subject_confusions
from merflow.evaluation.metrics import confusion_matrix, headline

BATCH, REGIONS, CHANNELS = 24, 8, 6
POINTS = (256, 1024)
FRAMES, SIDE = 16, 224
REPLICATES = 1000


def learning_cases() -> Iterator[Case]:
    """Yield the comparisons; torch runs on one thread."""
    import torch

    from merflow.training.execution import keep_freed_memory

    torch.set_num_threads(1)
    keep_freed_memory()  # as a job does
    for points in POINTS:
        yield _training_step(points)
    yield _altered_sequence()
    yield _bootstrap()


def _training_step(points: int) -> Case:
    import torch

    from merflow.models.point_level import PointLevel

    widths = (CHANNELS, 64, 128, 256)
    ours = torch.nn.ModuleList(PointLevel(a, b) for a, b in pairwise(widths))
    plain = torch.nn.ModuleList(
        torch.nn.Sequential(torch.nn.Conv1d(a, b, 1, bias=False), torch.nn.BatchNorm1d(b), torch.nn.ReLU())
        for a, b in pairwise(widths)
    )
    groups = BATCH * REGIONS
    keeps = (points // 2, points // 8, 0)
    points_first = torch.randn(points, groups, CHANNELS)
    channels_first = points_first.permute(1, 2, 0).contiguous()

    def our_step() -> None:
        h, pooled = points_first, []
        for level, keep in zip(ours, keeps, strict=True):
            features, h = level(h, keep)
            pooled.append(features)
        torch.cat(pooled, 1).sum().backward()  # type: ignore[no-untyped-call]

    def plain_step() -> None:
        h, pooled = channels_first, []
        for level, keep in zip(plain, keeps, strict=True):
            mapped = level(h)
            pooled.append(mapped.amax(2))
            h = mapped[:, :, :keep]
        torch.cat(pooled, 1).sum().backward()  # type: ignore[no-untyped-call]

    return Case(
        f"Lite-PointNet step, {BATCH} x {REGIONS} x {points} points",
        "Conv1d, BatchNorm1d, ReLU, amax",
        our_step,
        plain_step,
    )


def _altered_sequence() -> Case:
    import torch

    from merflow.seeds import clip_generator
    from merflow.training.augmentation.sequences import augment_sequences

    clip = torch.randint(0, 256, (1, FRAMES, SIDE, SIDE, 3), dtype=torch.uint8)
    pictures = clip[0].permute(0, 3, 1, 2)
    matrix = torch.tensor([[0.9, 0.05, 0.05], [0.05, 0.9, 0.05], [0.05, 0.05, 0.9]])
    maps = torch.tensor([[[0.95, 0, 0.02], [0, 0.95, -0.02]]]).expand(FRAMES, -1, -1)

    def by_torch() -> None:
        grid = torch.nn.functional.affine_grid(maps, list(pictures.shape), align_corners=False)
        moved = torch.nn.functional.grid_sample(pictures.float(), grid, padding_mode="border", align_corners=False)
        torch.einsum("cd,tdhw->thwc", matrix, moved).clamp_(0, 255)

    return Case(
        f"altered sequence, {FRAMES} x {SIDE} px",
        "torch: grid_sample, one matrix of the colours",
        lambda: augment_sequences(clip, [clip_generator("clip", 0)]),
        by_torch,
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
