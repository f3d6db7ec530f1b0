"""The landmark networks and the capsule network against ResNet18, as in Table III(b) of the GTS-GN paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import Case
from merflow.models.registry import build_model
from merflow.stages.graphs.node_sets import NODE_SETS
from merflow.training.losses import Shares, batch_loss

CLASSES, UNITS, TRAINING_CLIPS, TRAINING_PAIRS = 5, 10, 4, 3
NODES = NODE_SETS[14]
PAPER_S: Mapping[str, float] = {"resnet18": 0.0087, "capsule": 0.0216, "gcn": 0.0038, "ss_gn": 0.0050}
"""Table III(b): seconds a clip on a GTX 1050; GTS-GN has none there."""
MODELS = ("gcn", "ss_gn", "gts_gn", "capsule")
SHARES = Shares(classes=1.0, units=1.0)
"""Of GTS-GN eq. 12, with beta = 1."""


@dataclass(frozen=True, slots=True)
class Network:
    """A network's two kinds of work: one clip through it, and one step of training."""

    infer: Callable[[], object]
    step: Callable[[], object]


def landmark_graph_cases() -> Iterator[Case]:
    """Yield the comparisons; torch runs on one thread."""
    import torch

    torch.set_num_threads(1)
    resnet18 = _network("resnet18")
    networks = {name: _network(name) for name in MODELS}
    for name, network in networks.items():
        paper = f"{PAPER_S['resnet18'] / PAPER_S[name]:.2f}x" if name in PAPER_S else "none"
        yield Case(f"{name}, one clip", f"ResNet18 (paper, on a GPU: {paper})", network.infer, resnet18.infer)
    for name, network in networks.items():
        yield Case(
            f"{name}, training step of {TRAINING_CLIPS} clips", "ResNet18", network.step, resnet18.step,
            pairs=TRAINING_PAIRS,
        )  # fmt: skip
    yield _full_batch(networks["gts_gn"])


def _full_batch(small: Network) -> Case:
    """Return how little a landmark network's step costs more when it has as many clips as training gives it."""
    return Case(
        "gts_gn, training step of 32 clips", f"of {TRAINING_CLIPS} clips", _network("gts_gn", 32).step, small.step
    )


def _network(name: str, clips: int = TRAINING_CLIPS) -> Network:
    import torch

    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    shape = _example_shape(name)
    params: dict[str, Any] = {"learnable_adjacency": True} if name == "ss_gn" else {}
    net = build_model(name, params, shape, CLASSES, au_numbers=range(1, UNITS + 1), edges=NODES.edges())
    batch = torch.from_numpy(_examples(rng, clips, shape))
    target = torch.from_numpy(rng.integers(0, CLASSES, clips))
    aus = torch.from_numpy(rng.integers(0, 2, (clips, UNITS))).float()
    known = torch.ones(clips, dtype=torch.bool)
    optimiser = torch.optim.Adam(net.parameters(), 1e-3, fused=True)

    def infer() -> None:
        net.eval()
        with torch.inference_mode():
            net(batch[:1])

    def step() -> None:
        net.train()
        optimiser.zero_grad()
        loss, _ = batch_loss(net, batch, target, aus, aus_known=known, class_weight=None, shares=SHARES)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    return Network(infer, step)


def _example_shape(name: str) -> tuple[int, int, int]:
    return (224, 224, 3) if name in ("resnet18", "capsule") else (3, len(NODES.landmarks), 4)


def _examples(rng: np.random.Generator, clips: int, shape: Sequence[int]) -> NDArray[np.float32] | NDArray[np.uint8]:
    """Return pictures of the paper's size, or graphs."""
    if shape[0] == 3:
        return rng.normal(size=(clips, *shape)).astype(np.float32)
    return rng.integers(0, 256, (clips, *shape), dtype=np.uint8)
