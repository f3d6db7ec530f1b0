import numpy as np
import pytest
import torch
from tests.models.checks import assert_gradients, learn
from torch import nn

from merflow.errors import ConfigError
from merflow.models.res3d import Block3D, Res3D

TINY = {"width": 2, "crop": 36}


def clips(count=4, shape=(8, 40, 42, 3), seed=0):
    return torch.randint(0, 256, (count, *shape), generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)


def convolved(x, weight, *, stride, pad):
    """A 3D convolution as a sum over the taps of its kernel, in NumPy: x (channels, t, h, w)."""
    x = np.pad(x, [(0, 0), *[(pad, pad)] * 3])
    sizes = [(n - k) // s + 1 for n, k, s in zip(x.shape[1:], weight.shape[2:], stride, strict=True)]
    out = np.zeros((len(weight), *sizes))
    for tap in np.ndindex(*weight.shape[2:]):
        seen = x[:, *(slice(a, a + s * (n - 1) + 1, s) for a, s, n in zip(tap, stride, sizes, strict=True))]
        out += np.einsum("oi,ithw->othw", weight[:, :, *tap], seen)
    return out


def largest(x):
    """The largest of 3x3x3 values around every second one."""
    x = np.pad(x, [(0, 0), *[(1, 1)] * 3], constant_values=-np.inf)
    sizes = [(n - 3) // 2 + 1 for n in x.shape[1:]]
    out = np.empty((len(x), *sizes))
    for place in np.ndindex(*sizes):
        out[:, *place] = x[:, *(slice(2 * p, 2 * p + 3) for p in place)].max((1, 2, 3))
    return out


def numbers(state, name):
    return state[name].double().numpy()


def normed(x, state, name):
    mean, var, weight, bias = (
        numbers(state, f"{name}.{part}")[:, None, None, None]
        for part in ("running_mean", "running_var", "weight", "bias")
    )
    return (x - mean) / np.sqrt(var + 1e-5) * weight + bias


def block(x, state, name, *, stride):
    """He et al. 2016 with shortcut A: new channels of the shortcut are 0."""
    h = np.maximum(normed(convolved(x, numbers(state, f"{name}conv1.weight"), stride=(stride,) * 3, pad=1), state, f"{name}bn1"), 0)  # fmt: skip  # noqa: E501
    h = normed(convolved(h, numbers(state, f"{name}conv2.weight"), stride=(1, 1, 1), pad=1), state, f"{name}bn2")
    short = np.zeros_like(h)
    short[: len(x)] = x[:, ::stride, ::stride, ::stride]
    return np.maximum(h + short, 0)


def with_statistics(net):
    """Give batch norm other numbers than 0 and 1."""
    torch.manual_seed(1)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm3d):
            for tensor in (module.running_mean, module.bias.data):
                tensor.normal_()
            for tensor in (module.running_var, module.weight.data):
                tensor.uniform_(0.5, 2)
    return net.eval()


@pytest.mark.parametrize(("classes", "plain"), [(8, 33_034_184), (5, 33_032_645), (400, 33_235_280)])
def test_number_of_parameters(classes, plain):
    """ResNet-18 of Hara et al. with shortcut A; SCA of meb has 857,712."""
    with torch.device("meta"):
        nets = [Res3D((10, 150, 150, 3), classes, attention=word) for word in ("none", "sca")]
    assert [sum(p.numel() for p in net.parameters()) for net in nets] == [plain, plain + 857_712]


def test_ten_frames_of_112_px_are_4_by_4_places_in_the_end():
    with torch.device("meta"):
        net = Res3D((10, 150, 150, 3), 5, attention="sca").eval()
        x = torch.zeros((2, 10, 150, 150, 3), dtype=torch.uint8)
        assert net.features(x).shape == (2, 512, 1, 4, 4)
        assert net(x).shape == (2, 5)
    convolutions = [m for m in net.modules() if isinstance(m, nn.Conv3d)]
    assert len(convolutions) + 1 == 18


def test_what_stands_still_is_not_seen_without_the_onset():
    """A face that does not move gives the same features, whatever its brightness; a moved pixel does not."""
    torch.manual_seed(0)
    net = with_statistics(Res3D((4, 36, 36, 3), 2, width=2, crop=36, subtract="onset"))
    still = torch.randint(0, 200, (1, 1, 36, 36, 3), dtype=torch.uint8).expand(1, 4, -1, -1, -1)
    moved = still.clone()
    moved[:, 2, 10:20, 10:20] += 30
    torch.testing.assert_close(net(still), net(still + 20), rtol=0, atol=0)
    assert not torch.allclose(net(still), net(moved))
    np.testing.assert_array_equal(net(moved).detach(), Res3D.forward(net, (moved.float() - still.float())).detach())


def test_a_training_step_at_full_size():
    """10 frames of 112 px and 64 channels, as on 4DME."""
    torch.manual_seed(0)
    net = Res3D((10, 150, 150, 3), 8, attention="sca").train()
    x = torch.randint(0, 256, (2, 10, 150, 150, 3), dtype=torch.uint8)
    before = {name: value.detach().clone() for name, value in net.named_parameters()}
    nn.functional.binary_cross_entropy_with_logits(net(x), torch.eye(2, 8)).backward()
    torch.optim.SGD(net.parameters(), 0.01, momentum=0.9, weight_decay=0.001).step()
    for name, value in net.named_parameters():
        assert value.isfinite().all(), name
        assert not torch.equal(value, before[name]), name


@pytest.mark.parametrize(("stride", "channels"), [(1, 2), (2, 5)])
def test_a_block_is_what_numpy_computes(stride, channels):
    torch.manual_seed(0)
    net = with_statistics(Block3D(2, channels, stride=stride).double())
    x = torch.randn(1, 2, 3, 5, 4, dtype=torch.float64)
    expected = block(x[0].numpy(), net.state_dict(), "", stride=stride)
    np.testing.assert_allclose(net(x)[0].detach().numpy(), expected, rtol=1e-12, atol=1e-12)


def test_the_network_is_what_numpy_computes():
    torch.manual_seed(0)
    net = with_statistics(Res3D((5, 20, 21, 3), 3, width=1, crop=18).double())
    x = clips(1, (5, 20, 21, 3))
    state = net.state_dict()
    h = x[0, :, 1:19, 1:19].numpy().transpose(3, 0, 1, 2) - net.mean.numpy()[:, None, None, None]
    h = convolved(h, numbers(state, "conv1.weight"), stride=(1, 2, 2), pad=3)
    h = largest(np.maximum(normed(h, state, "bn1"), 0))
    for layer, stride in ((1, 1), (2, 2), (3, 2), (4, 2)):
        for number in (0, 1):
            h = block(h, state, f"layer{layer}.{number}.", stride=stride if number == 0 else 1)
    logits = numbers(state, "fc.weight") @ h.mean((1, 2, 3)) + numbers(state, "fc.bias")
    np.testing.assert_allclose(net(x)[0].detach().numpy(), logits, rtol=1e-9)


@pytest.mark.parametrize("attention", ["none", "sca"])
def test_every_parameter_receives_a_finite_gradient(attention):
    torch.manual_seed(0)
    net = Res3D((8, 40, 42, 3), 3, attention=attention, **TINY)
    nn.functional.cross_entropy(net(clips()), torch.arange(4) % 3).backward()
    assert_gradients(net)


@pytest.mark.parametrize("attention", ["none", "sca"])
def test_one_batch_can_be_learnt_by_heart(attention):
    torch.manual_seed(0)
    net = Res3D((8, 40, 42, 3), 3, attention=attention, width=4, crop=40)
    assert learn(net, clips(6), torch.arange(6) % 3, lr=1e-2, steps=30) < 0.1


def test_motion_counts_and_not_the_faces_alone():
    """The same frames in reverse are another clip."""
    torch.manual_seed(0)
    net = Res3D((8, 40, 42, 3), 3, **TINY).eval()
    assert not torch.allclose(net(clips()), net(clips().flip(1)), atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "params", "message"),
    [
        ((40, 40, 3), {}, r"expected examples of shape \(frames, height, width, 3 colours\), but found \(40, 40, 3\)"),
        ((8, 64, 60, 3), {}, "expected crop of 1 to 60 px, the side of the frames, but found 112"),
        ((8, 64, 64, 3), {"crop": 0}, "expected crop of 1 to 64 px"),
        ((8, 64, 64, 3), {"crop": 64, "width": 0}, "expected width of 1 or more, but found 0"),
        ((8, 64, 64, 3), {"crop": 64, "mean": (1.0,)}, "expected mean of three colours"),
        ((8, 64, 64, 3), {"crop": 64, "attention": "cbam"}, "unknown attention 'cbam'. Allowed: none, sca"),
        ((8, 64, 64, 3), {"crop": 32, "attention": "sca"}, "expected crop of at least 33 px for SCA, but found 32"),
        ((17, 64, 64, 3), {"crop": 64, "attention": "sca"}, "sequences of at most 16 frames, but found 17"),
    ],
)
def test_what_cannot_work_is_refused(shape, params, message):
    with pytest.raises(ConfigError, match=message):
        Res3D(shape, 3, **params)


def test_sizes_at_the_edge_of_what_sca_takes():
    for frames, crop in ((16, 33), (1, 64)):
        net = Res3D((frames, 64, 64, 3), 3, attention="sca", width=1, crop=crop).eval()
        assert net.features(clips(1, (frames, 64, 64, 3))).shape == (1, 8, 1, 2, 2)
        assert net(clips(1, (frames, 64, 64, 3))).shape == (1, 3)
