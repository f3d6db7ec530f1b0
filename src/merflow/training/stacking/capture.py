"""One training step as a graph of CUDA: a single launch in place of hundreds. On a CPU the step itself.

Not run on a GPU yet; docs/stages/training.md says so.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

logger = logging.getLogger(__name__)

WARM_UP = 3
"""Steps before the capture, in which libraries choose their kernels and take their work space; they are undone."""


def captured(step: Callable[[], None], state: Sequence[Tensor], device: torch.device) -> Callable[[], None]:
    """Return something that does what a step does.

    Parameters
    ----------
    step : callable
        Reads and writes tensors that stay where they are, and asks no value of them.
    state : sequence of Tensor
        All that a step changes and that a later step reads.
    device : torch.device

    Notes
    -----
    After ``docs.pytorch.org``, CUDA semantics, "CUDA Graphs": the warm-up is on a stream of its own, and each step
    makes its gradients anew, so that they lie in the memory of the graph.
    """
    if device.type != "cuda":
        return step
    with undone(state):
        side = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream(device))
        with torch.cuda.stream(side):
            for _ in range(WARM_UP):
                step()
        torch.cuda.current_stream(device).wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph):
                step()
        except RuntimeError as error:
            logger.warning("a step is launched operation by operation, which is slower: no graph of it: %s", error)
            return step
    return graph.replay


@contextmanager
def undone(state: Sequence[Tensor]) -> Iterator[None]:
    """Put tensors back to what they were; they stay where they are in memory."""
    before = [tensor.detach().clone() for tensor in state]
    try:
        yield
    finally:
        with torch.no_grad():
            for tensor, value in zip(state, before, strict=True):
                tensor.copy_(value)
