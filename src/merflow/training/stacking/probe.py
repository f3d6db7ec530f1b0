"""What a stack must know of a network: which rows of a layer's input belong to which clip, and what dropout draws.

Both are found by running the network, so that a network declares nothing.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

CLIPS = 3
"""Clips of a probe."""


class CannotStackError(Exception):
    """A network that must be trained by itself, and why."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows in the order (outer, clips, inner): row r belongs to clip ``(r // inner) % clips``.

    Parameters
    ----------
    outer, inner : int
        Rows of a clip that are far from each other, and that are side by side.
    """

    outer: int
    inner: int

    def of_clips(self, values: Tensor) -> Tensor:
        """Return the values (clips,) of the clips for each of their rows (outer * clips * inner,)."""
        return values[None, :, None].expand(self.outer, -1, self.inner).reshape(-1)


class Drop(NamedTuple):
    """One call of a dropout layer: its share, and shape and strides of its input without the axis of the clips."""

    share: float
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a network treats a batch.

    Attributes
    ----------
    rows : dict of str to Rows
        Of each layer with statistics of a batch, by its name in the network.
    drops : tuple of Drop
        In the order of the calls in a training step.
    """

    rows: dict[str, Rows]
    drops: tuple[Drop, ...]


def probe(net: nn.Module, call: Callable[[nn.Module, Tensor], Any], x: Tensor) -> Layout:
    """Find the layout of a network.

    Parameters
    ----------
    net : Module
        It is copied, and stays as it is.
    call : callable
        Runs a network on a batch.
    x : Tensor of shape (CLIPS, ...)
        Examples.

    Raises
    ------
    CannotStackError
        When the rows of a layer cannot be told apart by clip.

    Notes
    -----
    In evaluation mode a clip of NaN makes all that depends on it NaN, and nothing else. So the rows of the first clip
    are those that are NaN.
    """
    net = copy.deepcopy(net)
    marked = x.clone() if x.is_floating_point() else x.float()
    marked[0] = torch.nan
    seen: dict[str, Rows] = {}

    def look(name: str, module: nn.Module, h: Tensor) -> None:
        axis = getattr(module, "rows_axis", 0)
        rows = h.flatten(0, axis).isnan().flatten(1).any(1)
        found = _rows_of(rows, name)
        if seen.setdefault(name, found) != found:
            raise CannotStackError(f"{name} is called with rows in two orders")

    with _shown_inputs(net, is_of_batch, look), torch.no_grad():
        call(net.eval(), marked)
    return Layout(seen, tuple(_drops(net, call, x)))


def is_of_batch(module: nn.Module) -> bool:
    """Return whether a layer takes statistics over a batch: batch norm, or one that has ``forward_masked``."""
    return isinstance(module, _BatchNorm) or hasattr(module, "forward_masked")


def is_drop(module: nn.Module) -> bool:
    """Return whether a layer drops single values."""
    return isinstance(module, nn.Dropout) and module.p > 0


def _drops(net: nn.Module, call: Callable[[nn.Module, Tensor], Any], x: Tensor) -> list[Drop]:
    found: list[Drop] = []

    def look(name: str, module: nn.Module, h: Tensor) -> None:
        if len(h) != len(x):
            raise CannotStackError(f"{name} drops values of {len(h)} rows, where there are {len(x)} clips")
        found.append(Drop(float(module.p), tuple(h.shape[1:]), h.stride()))  # type: ignore[arg-type]

    # a stack draws for itself: what is drawn here leaves no trace
    with _shown_inputs(net, is_drop, look), torch.random.fork_rng(devices=[]), torch.no_grad():
        call(net.train(), x)
    return found


def _rows_of(marked: Tensor, name: str) -> Rows:
    """Return the order of rows, of which those of the first clip are marked."""
    count = len(marked)
    inner = int(marked.int().cumprod(0).sum())  # of the rows at the start that are all marked
    known = inner > 0 and count % (CLIPS * inner) == 0
    if known:
        rows = Rows(count // (CLIPS * inner), inner)
        first = torch.zeros(CLIPS, dtype=torch.bool, device=marked.device)
        first[0] = True
        known = torch.equal(rows.of_clips(first), marked)
    if not known:
        raise CannotStackError(f"the rows that reach {name} cannot be told apart by clip")
    return rows


@contextmanager
def _shown_inputs(
    net: nn.Module, wanted: Callable[[nn.Module], bool], look: Callable[[str, nn.Module, Tensor], None]
) -> Iterator[None]:
    """Show the first input of some layers while the network runs."""
    handles = [
        module.register_forward_pre_hook(lambda module, args, name=name: look(name, module, args[0]))
        for name, module in net.named_modules()
        if wanted(module)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
