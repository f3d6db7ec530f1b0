"""The mean activation map of each class or label of an experiment, over test clips that show it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from merflow.artefacts import Examples
from merflow.errors import ArtefactError, ConfigError
from merflow.settings import from_plain
from merflow.training.clips import OnDevice
from merflow.training.execution import reproducible
from merflow.training.fold_clips import folds_of_examples
from merflow.training.fold_record import seed_of, seeds_in
from merflow.training.folds import Fold
from merflow.training.grad_cam import ShowsActivation, blocks_of, grad_cam, on_the_picture
from merflow.training.map_settings import ActivationMapSettings
from merflow.training.settings import ProtocolSettings
from merflow.training.trained import TrainedNetwork, load_trained


@dataclass(frozen=True, slots=True)
class ActivationMaps:
    """The mean activation maps of one experiment.

    Attributes
    ----------
    labels : tuple of str
        Classes or labels, in the order of the label set.
    maps : ndarray of shape (labels, 112, views * 112), float64
        Mean over clips and seeds, views side by side; NaN of a label without a clip.
    clips : ndarray of shape (labels,), int64
        How many clips are behind each map: test clips that show the label.
    unlearnt : ndarray of shape (labels,), int64
        Test clips that show the label and are left out: no training clip of their fold tells it from the others.
    face : ndarray of shape (height, width, 3), float64, 0 to 255
        Mean of what the networks see of all test clips.
    grid : tuple of int
        Height and width of the last block of a view in places: maps have no finer detail.
    folds, seeds : tuple of str, of int
        Whose networks.
    views : int
        Views that a network looks at, side by side in maps and face.
    """

    labels: tuple[str, ...]
    maps: NDArray[np.float64]
    clips: NDArray[np.int64]
    unlearnt: NDArray[np.int64]
    face: NDArray[np.float64]
    grid: tuple[int, int]
    folds: tuple[str, ...]
    seeds: tuple[int, ...]
    views: int = 1

    def of(self, label: str) -> NDArray[np.float64]:
        """Return the map of a label."""
        found: NDArray[np.float64] = self.maps[self.labels.index(label)]
        return found

    @property
    def about(self) -> str:
        """Whose networks the maps are of, and how fine they are."""
        folds, seeds = len(self.folds), len(self.seeds)
        return (
            f"{folds} fold{'' if folds == 1 else 's'}, {seeds} seed{'' if seeds == 1 else 's'}, maps of "
            f"{self.grid[0]} x {self.grid[1]} places{' a view' if self.views > 1 else ''}"
        )


def activation_maps(folders: Sequence[Path], examples: Examples, settings: ActivationMapSettings) -> ActivationMaps:
    """Return the mean Grad-CAM of each label, each clip by the networks of the fold that tests it.

    Parameters
    ----------
    folders : sequence of Path
        ``folds/{fold}/weights`` of every fold; one without clips has none, and is passed over.
    examples : Examples
        Of the same experiment.
    settings : ActivationMapSettings

    Raises
    ------
    ArtefactError
        When no fold has weights, or those of a fold are of another one.
    ConfigError
        When the networks show no activation maps.
    """
    total = _Sums(examples)
    with reproducible(torch.device("cpu")):
        for folder in folders:
            weights = seeds_in(folder)
            if weights:
                total.add(weights, settings)
    return total.result(len(folders))


class _Sums:
    """Sums of maps and faces, fold by fold."""

    def __init__(self, examples: Examples) -> None:
        self._examples = examples
        self._shown = shown_by_clips(examples)
        labels = len(examples.classes)
        self._maps = np.zeros((labels, 1, 1))
        self._views = 1
        self._clips, self._unlearnt = np.zeros((2, labels), dtype=np.int64)
        self._faces: list[NDArray[np.float64]] = []
        self._pictures = 0
        self._grid = (0, 0)
        self._folds: dict[str, tuple[int, ...]] = {}

    def add(self, weights: Sequence[Path], settings: ActivationMapSettings) -> None:
        """Add the maps of the test clips of a fold, the mean over its networks, one a seed."""
        fold = _fold_of(weights[0], self._examples)
        tested, learnt = self._shown[fold.test], _told_apart(self._shown[fold.train])
        self._unlearnt += (tested & ~learnt).sum(axis=0)
        counted = tested & learnt
        self._clips += counted.sum(axis=0)
        self._folds[fold.name] = tuple(seed_of(path) for path in weights)
        for number, path in enumerate(weights):
            for start, maps, faces in self._batches(_load(path), fold.test, settings):
                own = counted[start : start + len(maps)]
                self._maps = self._maps + np.einsum("bl,blyx->lyx", own.astype(np.float64), maps) / len(weights)
                if number == 0:
                    self._faces.append(faces.sum(axis=0))
                    self._pictures += len(faces)

    def _batches(
        self, trained: TrainedNetwork, rows: NDArray[np.int64], settings: ActivationMapSettings
    ) -> Iterator[tuple[int, NDArray[np.float64], NDArray[np.float64]]]:
        """Yield the first row, maps (b, labels, 112, views * 112) and pictures (b, h, w, 3) of batches of clips."""
        network = trained.network.requires_grad_(False)
        if not isinstance(network, ShowsActivation):
            raise ConfigError(
                f"expected a network that shows activation maps, but {type(network).__name__} does not. Name an "
                "experiment with res3d."
            )
        blocks = blocks_of(network)
        self._views = len(blocks)
        clips, outputs, start = trained.clips(self._examples, rows), range(len(self._examples.classes)), 0
        for x, apex_and_length in OnDevice(clips.x, clips.apex_and_length, torch.device("cpu")).batches():
            small = grad_cam(network, blocks, x, apex_and_length, outputs=outputs)
            self._grid = small.shape[-2], small.shape[-1] // self._views
            maps = on_the_picture(small, time=settings.time, scale=settings.scale, views=self._views)
            yield start, maps.numpy(), network.seen(x).double().numpy()
            start += len(x)

    def result(self, folders: int) -> ActivationMaps:
        """Return the means."""
        if not self._folds:
            raise ArtefactError(
                f"expected weights in one of the {folders} folds, but every fold is without clips. "
                "See the experiment's exclusions.csv."
            )
        counts = self._clips[:, None, None]
        return ActivationMaps(
            labels=self._examples.classes,
            maps=np.divide(self._maps, counts, out=np.full_like(self._maps, np.nan), where=counts > 0),
            clips=self._clips,
            unlearnt=self._unlearnt,
            face=np.sum(self._faces, axis=0) / self._pictures,
            grid=self._grid,
            folds=tuple(self._folds),
            seeds=tuple(sorted({seed for seeds in self._folds.values() for seed in seeds})),
            views=self._views,
        )


def shown_by_clips(examples: Examples) -> NDArray[np.bool_]:
    """Return which clip (rows) shows which class or label (columns)."""
    if examples.multi:
        return np.asarray(examples.label, dtype=np.bool_)
    return np.asarray(examples.label[:, None] == np.arange(len(examples.classes)), dtype=np.bool_)


def _told_apart(shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return of each label whether some clips show it and others do not."""
    return np.asarray(shown.any(axis=0) & ~shown.all(axis=0), dtype=np.bool_)


def _fold_of(weights: Path, examples: Examples) -> Fold:
    """Return the fold that a network tests, among those of the examples."""
    config = _load(weights).config
    folds = folds_of_examples(examples, from_plain(ProtocolSettings, config["protocol"]))
    found = next((fold for fold in folds if fold.name == config["fold"]), None)
    if found is None:
        raise ArtefactError(
            f"{weights}: expected a fold of the examples ({', '.join(fold.name for fold in folds)}), but found "
            f"{config['fold']}. Delete the folder of the fold and run the workflow again."
        )
    return found


def _load(weights: Path) -> TrainedNetwork:
    """Return a network; refuse one in the folder of another fold, which may have seen the clips."""
    trained = load_trained(weights)
    if trained.config["fold"] != weights.parents[1].name:
        raise ArtefactError(
            f"{weights}: expected weights of the fold {weights.parents[1].name}, but found those of "
            f"{trained.config['fold']}. Delete the fold and run the workflow again."
        )
    return trained
