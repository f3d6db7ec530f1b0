import torch

from merflow.training.stacking.capture import captured, undone


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
