import logging
from contextlib import contextmanager, nullcontext

import pytest
import torch

from merflow.training.stacking.capture import WARM_UP, captured, undone


def test_what_a_warm_up_changes_is_put_back_in_its_place():
    weight, steps = torch.nn.Parameter(torch.arange(3.0)), torch.zeros((), dtype=torch.int64)
    view, place = weight.detach()[1:], weight.data_ptr()
    with undone([weight, steps]), torch.no_grad():
        weight.mul_(5)
        steps.add_(3)
        assert view.tolist() == [5, 10]
    assert weight.tolist() == [0, 1, 2]
    assert view.tolist() == [1, 2]
    assert (steps.item(), weight.data_ptr()) == (0, place)


def test_on_a_cpu_the_step_itself_runs():
    seen = []
    go = captured(lambda: seen.append(1), [], torch.device("cpu"))
    assert seen == []
    go()
    go()
    assert seen == [1, 1]


class Stream:
    """In place of a stream of CUDA; work is done at once."""

    def __init__(self, *_):
        pass

    def wait_stream(self, other):
        assert isinstance(other, Stream)


@pytest.fixture(params=[False, True], ids=["captures", "cannot capture"])
def cuda(request, monkeypatch):
    """What `captured` asks of CUDA, on a CPU: a capture runs the step, or fails; a replay is told."""
    replayed = []

    class Graph:
        def replay(self):
            replayed.append(self)

    @contextmanager
    def capture(graph):
        assert isinstance(graph, Graph)
        yield
        if request.param:
            raise RuntimeError("operation not permitted")

    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "current_stream", Stream)
    monkeypatch.setattr(torch.cuda, "stream", lambda _: nullcontext())
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "graph", capture)
    return request.param, replayed


def test_the_state_is_as_before_the_warm_up_and_a_step_without_a_graph_still_runs(cuda, caplog):
    fails, replayed = cuda
    weight, calls = torch.ones(2), []

    def step():
        calls.append(1)
        weight.mul_(2)

    with caplog.at_level(logging.WARNING):
        go = captured(step, [weight], torch.device("cuda"))
    assert len(calls) == WARM_UP + 1
    assert weight.tolist() == [1, 1]
    go()
    assert (weight.tolist(), len(replayed)) == (([2, 2], 0) if fails else ([1, 1], 1))
    assert ("no graph of it: operation not permitted" in caplog.text) == fails
