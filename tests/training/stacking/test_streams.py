import torch
from torch import nn

from merflow.training.stacking.probe import Drop
from merflow.training.stacking.streams import DropoutStreams


def test_two_networks_draw_what_dropout_draws_in_each():
    """Two steps of two calls, of batches of 3 and 2 clips; the first input has its channels last in memory."""
    drops = (Drop(0.25, (4, 2, 2), (16, 1, 8, 4)), Drop(0.5, (5,), (5, 1)))
    layers = [nn.Dropout(drop.share) for drop in drops]
    sizes, steps = (3, 2), []
    for seed, size in zip((0, 7), sizes, strict=True):
        torch.manual_seed(seed)
        picture = torch.ones(size, 4, 2, 2).to(memory_format=torch.channels_last)
        steps.append([[layers[0](picture) > 0, layers[1](torch.ones(size, 5)) > 0] for _ in range(2)])
    states = [torch.Generator().manual_seed(seed).get_state() for seed in (0, 7)]
    streams = DropoutStreams(states, drops)
    for step in range(2):
        found = streams.draw(sizes, clips=4)
        assert [part.shape for part in found] == [(2, 4, 4, 2, 2), (2, 4, 5)]
        for number, size in enumerate(sizes):
            for part, expected in zip(found, steps[number][step], strict=True):
                assert torch.equal(part[number, :size], expected)
                assert not part[number, size:].any()
