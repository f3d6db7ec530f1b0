"""What all point networks of Table III of Lite-Point-GCN must do: published sizes, symmetries, learning."""

import itertools

import pytest
import torch
from tests.models.checks import assert_gradients, learn

from merflow.errors import ConfigError
from merflow.models.point_mlp import PointMLP
from merflow.models.registry import build_model

SHAPE = (8, 16, 6)
SMALL = {
    "pointnet": {"width": 0.125},
    "pointnet2": {"width": 0.125, "centres": [32, 8], "group": [8, 8], "radii": [0.4, 0.8]},
    "kpconv": {"width": 0.125, "centres": [64, 32, 16], "cell": 0.2, "most_neighbours": 16},
    "point_transformer": {"width": 0.25, "attention": 64, "centres": [32, 8], "group": 8},
}
"""By network: parameters for a test, on a face of 128 points."""

OF_REGIONS = {
    "pointnet2": {"centres": [8, 4]},
    "kpconv": {"centres": [16, 8, 4]},
    "point_transformer": {"centres": [8, 4]},
}
BACKBONES = list(SMALL)
SCOPES = ["face", "regions"]
BOTH = list(itertools.product(BACKBONES, SCOPES))


def build(model, scope="face", shape=SHAPE, **params):
    torch.manual_seed(0)
    own = SMALL[model] | (OF_REGIONS.get(model, {}) if scope == "regions" else {})
    return build_model(model, {"scope": scope, **own, **params}, shape, 3)


def settled(model, scope="face", **params):
    """Return a network in evaluation mode whose batch norm has seen faces: its logits tell faces apart."""
    net = build(model, scope, **params)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm1d):
            module.momentum = 1.0
    net(example_faces(24, seed=9))
    return net.eval()


def change(found, expected):
    """Return the largest change of the logits, as a share of what they differ between faces."""
    return ((found - expected).abs().max() / expected.std(0).max()).item()


SAME, OTHER = 1e-3, 2e-2
"""Changes of the logits: by rounding, at most; by something that matters, at least."""


def assert_learns(net):
    """Assert that every parameter has a gradient, but the biases before a batch norm, which have no influence."""
    idle = [mlp.linears[i].bias for mlp in net.modules() if isinstance(mlp, PointMLP) for i in range(len(mlp.norms))]
    for bias in idle:
        assert bias.grad.abs().max() < 1e-3  # rounding
        bias.grad += 1
    assert_gradients(net)


def example_faces(batch=6, seed=0, shape=SHAPE):
    """Return points on a bent surface: regions side by side, motion in [-1, 1]."""
    draw = torch.Generator().manual_seed(seed)
    x = torch.rand(batch, *shape, generator=draw) * 2 - 1
    x[..., 0] = x[..., 0] * 0.4 + torch.linspace(-1.5, 1.5, shape[0])[:, None]
    x[..., 2] = 0.3 * x[..., 2] + x[..., 0].square() / 4
    return x


@pytest.mark.parametrize(
    ("model", "params", "of_3", "of_40"),
    [
        ("pointnet", {}, 3_462_348, 3_471_857),
        ("pointnet2", {}, 1_466_371, 1_475_880),
        ("kpconv", {}, 6_107_203, 6_145_128),
        ("point_transformer", {}, 9_581_731, 9_584_136),
    ],
)
def test_parameters_are_those_of_the_public_code(model, params, of_3, of_40):
    for classes, expected in ((3, of_3), (40, of_40)):
        net = build_model(model, params, (8, 128, 6), classes)
        assert sum(p.numel() for p in net.parameters()) == expected


def test_parameters_of_parts_are_those_of_the_public_code():
    def count(module):
        return sum(p.numel() for p in module.parameters())

    encoder = build_model("pointnet", {}, (8, 128, 6), 3).encoder
    assert [count(encoder.input_transform), count(encoder.feature_transform)] == [803_273, 1_857_344]
    assert count(encoder.enter) + count(encoder.points) == 143_296
    assert count(build_model("pointnet", {"feature_transform": False}, (8, 128, 6), 3)) == 1_605_004
    pointnet2 = build_model("pointnet2", {}, (8, 128, 6), 3)
    assert [count(part) for part in (*pointnet2.levels, pointnet2.last)] == [13_440, 67_456, 727_040]
    assert count(build_model("point_transformer", {"attention": 128}, (8, 128, 6), 3)) == 1_431_715
    # One feature in place of 1, u, v, dz: 15 kernel points x 3 x 32 features fewer; 6,143,688 with 40 classes.
    assert count(build_model("kpconv", {}, (8, 128, 6), 40).encoder.simple.convolution) - 15 * 3 * 32 == 15 * 32


@pytest.mark.parametrize(("model", "scope"), BOTH)
def test_one_batch_can_be_learnt_by_heart_and_every_parameter_has_a_gradient(model, scope):
    net = build(model, scope)
    x, target = example_faces(12), torch.arange(12) % 3
    # The published heads leave out .4 of their features, in this training too.
    assert learn(net, x, target, lr=6e-3, steps=30) < 0.4
    assert_learns(net)


@pytest.mark.parametrize(("model", "scope"), BOTH)
def test_place_has_no_influence(model, scope):
    net = settled(model, scope)
    x = example_faces()
    moved = x.clone()
    moved[..., :3] += torch.tensor([0.25, -0.5, 1.0])
    assert change(net(moved), net(x)) < SAME
    moved[..., 3] += 0.5  # while motion has one
    assert change(net(moved), net(x)) > OTHER


@pytest.mark.parametrize("model", BACKBONES)
def test_a_mirrored_face_differs_and_mirrored_twice_is_the_same(model):
    net = settled(model)
    mirror = torch.tensor([-1.0, 1, 1, -1, 1, 1])
    x = example_faces()
    assert change(net(x * mirror), net(x)) > OTHER
    assert torch.equal(net(x * mirror * mirror), net(x))


@pytest.mark.parametrize("model", BACKBONES)
def test_order_of_the_points_after_the_first_has_no_influence(model):
    """With the nearest neighbours and the same first point, where the farthest points start."""
    net = settled(model, **({"neighbours": "nearest"} if model == "pointnet2" else {}))
    x = example_faces()
    order = torch.randperm(127, generator=torch.Generator().manual_seed(3)) + 1
    flat = x.transpose(1, 2).reshape(6, 128, 6)
    mixed = torch.cat([flat[:, :1], flat[:, order]], 1).view(6, 16, 8, 6).transpose(1, 2)
    assert change(net(mixed), net(x)) < SAME


@pytest.mark.parametrize("model", BACKBONES)
def test_regions_share_the_encoder(model):
    """Regions that change places give features that change places: the head alone tells them apart."""
    net = settled(model, "regions")
    x, order = example_faces(), torch.tensor([1, 0, 2, 3, 4, 5, 6, 7])
    seen = []
    net.head.register_forward_pre_hook(lambda _, features: seen.append(features[0].view(6, 8, -1)))
    swapped, logits = net(x[:, order]), net(x)
    torch.testing.assert_close(seen[0][:, order], seen[1], rtol=1e-4, atol=1e-5)
    assert change(swapped, logits) > OTHER


@pytest.mark.parametrize(("model", "scope"), BOTH)
@pytest.mark.parametrize("distinct", [1, 3])
def test_a_region_of_few_points_repeats_them_and_does_no_harm(model, scope, distinct):
    x = example_faces()
    x[2, 4] = x[2, 4, :distinct].repeat(16, 1)[:16]
    if distinct == 1:
        x[3] = x[3, :1, :1]  # and a face that is one point
    net = build(model, scope)
    logits = net(x)
    net.class_loss(logits, torch.arange(6) % 3, None).backward()
    assert torch.isfinite(logits).all()
    assert_learns(net)
    net.eval()
    torch.testing.assert_close(net(x)[[0, 1, 4, 5]], net(x[[0, 1, 4, 5]]), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("model", BACKBONES)
def test_examples_without_depth_motion_and_more_centres_than_points_are_taken(model):
    many = {} if model == "pointnet" else {"centres": [512, 256]}
    net = build(model, shape=(8, 4, 5), **many)
    assert net(example_faces(2, shape=(8, 4, 5))).shape == (2, 3)


@pytest.mark.parametrize(("model", "scope"), BOTH)
def test_the_same_weights_and_examples_give_the_same_bytes(model, scope):
    x = example_faces()
    first, second = (build(model, scope).eval()(x) for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize(
    ("model", "params", "message"),
    [
        *[(model, {"width": 0.0}, f"{model}: expected width above 0") for model in BACKBONES],
        ("pointnet", {"dropout": 1.0}, "pointnet: expected dropout of 0 to below 1"),
        ("pointnet", {"transform_weight": -1.0}, "pointnet: expected transform_weight of 0 or more"),
        ("pointnet2", {"centres": [8]}, "pointnet2: expected centres of 2 numbers"),
        ("pointnet2", {"radii": [0.2, 0.0]}, "pointnet2: expected radii of 2 numbers above 0"),
        ("pointnet2", {"group": [4]}, "pointnet2: expected group of 2 numbers above 0"),
        ("pointnet2", {"neighbours": "last"}, "unknown neighbours 'last'. Allowed: first, nearest"),
        ("pointnet2", {"dropout": -0.1}, "pointnet2: expected dropout of 0 to below 1"),
        ("kpconv", {"cell": 0.0}, "kpconv: expected cell above 0"),
        ("kpconv", {"most_neighbours": 0}, "kpconv: expected most_neighbours above 0"),
        ("kpconv", {"centres": []}, "kpconv: expected centres of one number a level above 0"),
        ("point_transformer", {"group": 0}, "point_transformer: expected group of at least 1"),
        ("point_transformer", {"attention": 0}, "point_transformer: expected attention of at least 1"),
    ],
)
def test_what_cannot_work_is_refused(model, params, message):
    with pytest.raises(ConfigError, match=message):
        build(model, **params)
