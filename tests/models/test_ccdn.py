"""CCDN: published counts, the block by hand, views that learn apart and score together."""

import pytest
import torch
from tests.models.checks import assert_gradients, learn
from torch import nn

from merflow.errors import ConfigError
from merflow.models.ccdn import CCDN, fused, pictures
from merflow.models.inception import GoogLeNetLayers, Inception
from merflow.training.grad_cam import blocks_of, grad_cam, on_the_picture

SHAPE, TINY = (3, 48, 48, 3), {"width": 8, "dropout": 0.0}


def clips(count=4, shape=SHAPE, seed=0):
    return torch.randint(0, 256, (count, *shape), generator=torch.Generator().manual_seed(seed), dtype=torch.uint8)


def net_of(seed=0, labels=5, **params):
    torch.manual_seed(seed)
    return CCDN(SHAPE, labels, **TINY | params)


@pytest.mark.parametrize(("classes", "count"), [(8, 5_608_104), (5, 5_605_029), (1000, 6_624_904)])
def test_number_of_parameters(classes, count):
    """GoogLeNet with batch norm and without auxiliary classifiers, in its common public implementation."""
    with torch.device("meta"):
        net = CCDN((3, 224, 224, 3), classes, view="front")
    assert sum(p.numel() for p in net.parameters()) == count


def test_224_px_are_7_by_7_places_of_1024_channels_in_the_end():
    with torch.device("meta"):
        net = GoogLeNetLayers(3, 8, model="ccdn", width=64, wide=3, dropout=0.2)
        assert net.features(torch.zeros(2, 3, 224, 224)).shape == (2, 1024, 7, 7)
        assert net(torch.zeros(2, 3, 224, 224)).shape == (2, 8)
        narrow = GoogLeNetLayers(2, 8, model="ccdn", width=8, wide=5, dropout=0)
        assert narrow.features(torch.zeros(2, 2, 64, 64)).shape == (2, 128, 2, 2)


@pytest.mark.parametrize("wide", [3, 5])
def test_a_block_is_its_four_branches_by_torchs_functions(wide):
    torch.manual_seed(0)
    block = Inception(6, (2, 3, 4, 2, 3, 5), wide=wide).double().eval()
    for module in block.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    state, x = block.state_dict(), torch.randn(2, 6, 7, 8, dtype=torch.float64)

    def convolved(x, name):
        weight = state[f"{name}.0.weight"]
        h = nn.functional.conv2d(x, weight, padding=weight.shape[-1] // 2)
        norm = [state[f"{name}.1.{part}"] for part in ("running_mean", "running_var", "weight", "bias")]
        return nn.functional.batch_norm(h, *norm, eps=0.001).relu()

    expected = [
        convolved(x, "branches.0"),
        convolved(convolved(x, "branches.1.0"), "branches.1.1"),
        convolved(convolved(x, "branches.2.0"), "branches.2.1"),
        convolved(nn.functional.max_pool2d(x, 3, 1, padding=1), "branches.3.1"),
    ]
    torch.testing.assert_close(block(x), torch.cat(expected, 1))
    assert block.channels == 2 + 4 + 3 + 5


def test_scores_of_views_are_averaged_and_not_their_logits():
    by_hand = torch.tensor([0.0, 3.0]).clamp_min(1).log()[:, None, None]  # scores .5 and .75
    assert fused(by_hand).item() == pytest.approx(0.5108, abs=1e-4)
    sure = torch.tensor([[[300.0, -300.0]], [[0.0, -300.0]]])
    assert fused(sure)[0, 0].sigmoid().item() == pytest.approx(0.75)
    assert fused(sure).isfinite().all()


def test_all_views_are_the_mean_score_of_the_single_ones():
    x, multi = clips(), net_of().eval()
    scores = []
    for number, view in enumerate(("left", "front", "right")):
        one = net_of(view=view).eval()
        one.nets[0].load_state_dict(multi.nets[number].state_dict())
        scores.append(one(x).sigmoid())
    torch.testing.assert_close(multi.label_scores(multi(x)), torch.stack(scores).mean(0))
    assert not torch.allclose(scores[0], scores[1])


@pytest.mark.parametrize("labels", [True, False])
def test_each_view_learns_as_if_it_were_alone(labels):
    x, multi = clips(), net_of().train()
    target = (torch.arange(20).reshape(4, 5) % 3 == 0).float() if labels else torch.arange(4)
    loss = "label_loss" if labels else "class_loss"
    getattr(multi, loss)(multi(x), target, None).backward()
    one = net_of(view="front").train()
    one.nets[0].load_state_dict(net_of().nets[1].state_dict())
    getattr(one, loss)(one(x), target, None).backward()
    for (name, ours), theirs in zip(multi.nets[1].named_parameters(), one.nets[0].parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, msg=name)


def test_early_stopping_looks_at_the_fused_scores():
    x, net, target = clips(), net_of().eval(), torch.ones(4, 5)
    logits = net(x)
    expected = nn.functional.binary_cross_entropy_with_logits(logits, target)
    torch.testing.assert_close(net.label_loss(logits, target, None), expected)


def test_every_parameter_receives_a_finite_gradient():
    net = net_of()
    net.label_loss(net(clips()), torch.eye(4, 5), None).backward()
    assert_gradients(net)


def test_one_batch_can_be_learnt_by_heart():
    assert learn(net_of(labels=3, view="left"), clips(), torch.arange(4) % 3, lr=1e-2, steps=15) < 0.1


def test_an_activation_map_is_of_the_one_view():
    net, x = net_of(view="right").eval().requires_grad_(False), clips(2)
    maps = grad_cam(net, blocks_of(net), x, torch.zeros(2, 0), outputs=[0, 3])
    assert maps.shape == (2, 2, 1, 1)
    torch.testing.assert_close(net.seen(x), x[:, 2])
    torch.testing.assert_close(net.seen(x[..., :2]), x[:, 2, ..., :1].expand(-1, -1, -1, 3))
    other = x.clone()
    other[:, :2] = 0
    torch.testing.assert_close(net(other), net(x))


def test_activation_maps_of_all_views_lie_side_by_side_and_tell_what_each_adds_to_the_fused_score():
    """The derivative of the fused logit by a view's is the view's share of the slope of the mean score, by hand."""
    net, x = net_of().eval().requires_grad_(False), clips(2, (3, 96, 64, 3))
    maps = grad_cam(net, blocks_of(net), x, torch.zeros(2, 0), outputs=[1])
    height, width = maps.shape[-2], maps.shape[-1] // 3
    assert (height, width) == (3, 2)
    scores = torch.stack([one(pictures(x[:, view]))[:, 1].sigmoid() for view, one in enumerate(net.nets)])
    mean = scores.mean(0)
    for view, name in enumerate(("left", "front", "right")):
        one = net_of(view=name).eval().requires_grad_(False)
        one.nets[0].load_state_dict(net.nets[view].state_dict())
        share = scores[view] * (1 - scores[view]) / 3 / (mean * (1 - mean))
        own = grad_cam(one, blocks_of(one), x, torch.zeros(2, 0), outputs=[1])
        torch.testing.assert_close(maps[..., view * width : (view + 1) * width], own * share[:, None, None, None])
    assert net.seen(x).shape == (2, 96, 192, 3)
    torch.testing.assert_close(net.seen(x)[:, :, 64:128], x[:, 1])
    large = on_the_picture(maps, time="mean", scale="none", views=3)
    assert large.shape == (2, 1, 112, 336)
    torch.testing.assert_close(
        large[..., 112:224], on_the_picture(maps[..., width : 2 * width], time="mean", scale="none")
    )


@pytest.mark.parametrize(
    ("shape", "params", "message"),
    [
        ((64, 64, 3), {}, r"expected examples of shape \(views, height, width, domains\), but found \(64, 64, 3\)"),
        ((2, 64, 64, 3), {"view": "left"}, "expected for view: left examples of three views, but found 2"),
        (SHAPE, {"view": "top"}, "unknown view 'top'. Allowed: multi, left, front, right"),
        (SHAPE, {"width": 12}, "expected width of a multiple of 8, but found 12"),
        (SHAPE, {"wide": 7}, "expected wide of 3 or 5, but found 7"),
        (SHAPE, {"dropout": 1.0}, "expected dropout of 0 to below 1"),
    ],
)
def test_what_cannot_work_is_refused(shape, params, message):
    with pytest.raises(ConfigError, match=message):
        CCDN(shape, 3, **params)
