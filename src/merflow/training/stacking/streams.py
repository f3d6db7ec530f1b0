"""What dropout keeps in each network of a stack: the numbers that the network would draw by itself on a CPU."""

from collections.abc import Sequence

import torch
from torch import Tensor

from merflow.training.stacking.probe import Drop


class DropoutStreams:
    """One stream of random numbers a network.

    On a CPU ``torch.nn.Dropout`` draws from torch's global generator, value by value in the order of memory. A
    generator of the same state draws the same.

    Parameters
    ----------
    states : sequence of Tensor
        State of the global generator when each training begins, as ``torch.get_rng_state`` returns it.
    drops : sequence of Drop
    """

    def __init__(self, states: Sequence[Tensor], drops: Sequence[Drop]) -> None:
        self._generators = [torch.Generator() for _ in states]
        for generator, state in zip(self._generators, states, strict=True):
            generator.set_state(state)
        self._drops = tuple(drops)

    def draw(self, sizes: Sequence[int], *, clips: int) -> list[Tensor]:
        """Return what each call keeps in the next step (networks, clips, ...), bool, on the CPU.

        Parameters
        ----------
        sizes : sequence of int
            Clips of each network; of padding nothing is drawn.
        clips : int
            With padding.
        """
        kept = [torch.zeros((len(sizes), clips, *drop.shape), dtype=torch.bool) for drop in self._drops]
        for number, (size, generator) in enumerate(zip(sizes, self._generators, strict=True)):
            for drop, out in zip(self._drops, kept, strict=True):
                noise = torch.empty_strided((size, *drop.shape), drop.strides)
                out[number, :size] = noise.bernoulli_(1 - drop.share, generator=generator) > 0
        return kept
