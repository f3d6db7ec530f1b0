"""The networks on flow images against ResNet18 on the apex frame, and STSTNet against its streams one by one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from benchmarks.timing import Case
from merflow.models.registry import build_model

CLASSES, BATCH = 3, 24
MODELS = ("ststnet", "off_apexnet")
FLOW_IMAGE, PICTURE = (28, 28, 3), (224, 224, 3)
FILTERS = (3, 5, 8)


@dataclass(frozen=True, slots=True)
class Network:
    """A network's two kinds of work: one clip through it, and one step of training."""

    infer: Callable[[], object]
    step: Callable[[], object]


class ThreeStreams(nn.Module):
    """STSTNet as it is drawn: a convolution a stream, put side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.streams = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(3, n, 3, padding=2), nn.ReLU(), nn.BatchNorm2d(n), nn.MaxPool2d(3, 3, 1), nn.Dropout()
            )
            for n in FILTERS
        )
        self.classify = nn.Linear(25 * sum(FILTERS), CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits of (batch, 28, 28, 3)."""
        pictures = x.permute(0, 3, 1, 2).contiguous()
        pooled = torch.cat([stream(pictures) for stream in self.streams], 1)
        logits: Tensor = self.classify(nn.functional.avg_pool2d(pooled, 2).flatten(1))
        return logits


def flow_image_cases() -> Iterator[Case]:
    """Yield the comparisons; torch runs on one thread."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    resnet18 = _work(build_model("resnet18", {}, PICTURE, CLASSES), PICTURE, clips=1)
    networks = {name: _work(build_model(name, {}, FLOW_IMAGE, CLASSES), FLOW_IMAGE, clips=BATCH) for name in MODELS}
    for name, network in networks.items():
        yield Case(f"{name}, one clip", "ResNet18", network.infer, resnet18.infer)
    streams = _work(ThreeStreams(), FLOW_IMAGE, clips=BATCH)
    yield Case(
        f"ststnet, training step of {BATCH} clips", "three convolutions", networks["ststnet"].step, streams.step,
        pairs=21,
    )  # fmt: skip


def _work(net: nn.Module, shape: Sequence[int], *, clips: int) -> Network:
    batch, target = torch.rand(clips, *shape), torch.randint(0, CLASSES, (clips,))
    optimiser = torch.optim.Adam(net.parameters(), 1e-3, fused=True)

    def infer() -> None:
        net.eval()
        with torch.inference_mode():
            net(batch[:1])

    def step() -> None:
        net.train()
        optimiser.zero_grad()
        nn.functional.cross_entropy(net(batch), target).backward()  # type: ignore[no-untyped-call]
        optimiser.step()

    return Network(infer, step)
