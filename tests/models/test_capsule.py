import numpy as np
import pytest
import torch
from tests.models.checks import assert_gradients

from merflow.errors import ConfigError
from merflow.models.capsule import CapsuleNet, length, route, squash
from merflow.models.losses import margin_loss


@pytest.fixture(scope="module")
def net():
    torch.manual_seed(0)
    return CapsuleNet((128, 128, 3), 6)


def test_number_of_parameters_is_printed(net):
    """GTS-GN, Table III, six classes; ResNet18 up to its third stage has 2,782,784 of them."""
    assert sum(p.numel() for p in net.parameters()) == 14_284_864
    backbone = [*net.stem.parameters(), *net.stages.parameters()]
    assert sum(p.numel() for p in backbone) == 2_782_784
    assert net.class_weight.shape == (6, 1152, 8, 16)


def test_a_narrow_network_has_the_same_maps_and_fewer_capsules():
    """A quarter of the channels: 6x6 places with 64 / 8 capsules each; a convolution has a 16th of the weights."""
    narrow = CapsuleNet((128, 128, 3), 6, width=16)
    assert narrow.reduce.weight.shape == (64, 64, 9, 9)
    with torch.inference_mode():
        capsules = narrow._primary_capsules(torch.zeros(1, 128, 128, 3, dtype=torch.uint8))
    assert capsules.shape[1:] == (6 * 6 * 8, 8) == narrow.class_weight.shape[1:3]


@pytest.mark.parametrize("width", [0, 15])
def test_channels_that_do_not_make_whole_capsules_are_refused(width):
    with pytest.raises(ConfigError, match=f"expected width even and at least 2, but found {width}"):
        CapsuleNet((128, 128, 3), 3, width=width)


def test_squash_by_hand():
    """Length 5 becomes 25 / 26, length 0 stays 0, the direction stays."""
    capsules = torch.tensor([[3.0, 4.0], [0.0, 0.0], [-0.1, 0.0]])
    expected = torch.tensor([[0.6 * 25 / 26, 0.8 * 25 / 26], [0.0, 0.0], [-0.01 / 1.01, 0.0]])
    torch.testing.assert_close(squash(capsules), expected)


def test_capsules_of_no_length_have_a_finite_gradient():
    capsules = torch.zeros(1, 4, requires_grad=True)
    length(squash(capsules)).sum().backward()
    assert torch.isfinite(capsules.grad).all()


def routed_by_hand(u, iterations):
    """Procedure 1 of Sabour et al. for one clip, loop by loop; u of shape (classes, capsules, n)."""
    classes, capsules, _ = u.shape
    b = np.zeros((classes, capsules))
    for _ in range(iterations):
        v = np.empty((classes, u.shape[2]))
        for j in range(classes):
            s = sum(np.exp(b[j, i]) / np.exp(b[:, i]).sum() * u[j, i] for i in range(capsules))
            v[j] = (s @ s) / (1 + s @ s) * s / np.sqrt(s @ s)
        for j in range(classes):
            for i in range(capsules):
                b[j, i] += u[j, i] @ v[j]
    return v


@pytest.mark.parametrize("iterations", [1, 2, 3])
def test_routing_against_numpy(iterations):
    u = np.random.default_rng(0).normal(size=(2, 3, 4, 5))
    expected = np.stack([routed_by_hand(clip, iterations) for clip in u])
    np.testing.assert_allclose(route(torch.from_numpy(u), iterations=iterations).numpy(), expected, atol=1e-9)


def test_routing_follows_agreement():
    """Two capsules agree on class 0 and contradict each other on class 1: class 0 gets longer with each iteration."""
    u = torch.tensor([[[[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [0.2, -0.9]]]])
    lengths = [length(route(u, iterations=n))[0, :, 0] for n in (1, 2, 3)]
    assert lengths[0][0] < lengths[1][0] < lengths[2][0]
    assert lengths[2][1] <= lengths[0][1]


def test_maps_capsules_and_lengths(net):
    """28x28 of the third stage without max pooling, 20x20, 6x6 with 32 capsules of 8 each."""
    sizes = []
    hooks = [m.register_forward_hook(lambda *args: sizes.append(tuple(args[2].shape[1:])))
             for m in (net.stages[-1], net.reduce, net.primary)]  # fmt: skip
    x = torch.randint(0, 256, (2, 128, 128, 3), dtype=torch.uint8)
    with torch.inference_mode():
        lengths = net(x)
        capsules = net._primary_capsules(x)
    for hook in hooks:
        hook.remove()
    assert sizes[:3] == [(256, 28, 28), (256, 20, 20), (256, 6, 6)]
    assert capsules.shape == (2, 1152, 8)
    assert lengths.shape == (2, 6)
    assert ((lengths >= 0) & (lengths < 1)).all()


def test_every_parameter_receives_a_finite_gradient(net):
    x, target = torch.randint(0, 256, (2, 64, 64, 3), dtype=torch.uint8), torch.tensor([0, 4])
    lengths = net(x)
    loss = net.class_loss(lengths, target, None)
    torch.testing.assert_close(loss, margin_loss(lengths, target, None))
    loss.backward()
    assert_gradients(net)
    net.zero_grad()


def test_no_routing_is_refused():
    with pytest.raises(ConfigError, match="expected routing of at least 1 iteration, but found 0"):
        CapsuleNet((128, 128, 3), 3, routing=0)


@pytest.mark.slow
def test_one_batch_can_be_learnt_by_heart():
    torch.manual_seed(0)
    net = CapsuleNet((32, 32, 3), 3, width=4)
    pictures, target = torch.randint(0, 256, (3, 32, 32, 3), dtype=torch.uint8), torch.arange(3)
    optimiser = torch.optim.Adam(net.parameters(), 3e-3)
    for _ in range(40):
        optimiser.zero_grad()
        loss = net.class_loss(net(pictures), target, None)
        loss.backward()
        optimiser.step()
    assert loss < 0.05  # .3 where the three lengths are the same
