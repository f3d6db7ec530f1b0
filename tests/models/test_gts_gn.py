import numpy as np
import pytest
import torch
from tests.models.checks import assert_gradients
from torch import nn

from merflow.errors import ConfigError
from merflow.models.gts_gn import GTSGN
from merflow.models.ss_gn import SSGN

EDGES = ((0, 1), (1, 2), (2, 3), (3, 0), (2, 4), (4, 5))
NODES, CLASSES, AUS = 6, 3, 5
SHAPE = (3, NODES, 4)
SMALL = (8, 8, 16, 16)


def build(**params):
    torch.manual_seed(0)
    return GTSGN(SHAPE, CLASSES, **{"n_aus": AUS, "edges": EDGES, "widths": SMALL} | params)


def total_loss(net, x):
    logits, au_logits = net.forward_with_aus(x)
    aus = (torch.rand(len(x), AUS) > 0.5).float()
    loss = nn.functional.cross_entropy(logits, torch.arange(len(x)) % CLASSES)
    return loss + net.au_loss(au_logits, aus, known=torch.ones(len(x), dtype=torch.bool))


@pytest.mark.parametrize("fusion", [1, 2, 3, 4])
def test_layers_before_and_after_the_fusion(fusion):
    net = build(fusion=fusion, au_loss="none")
    assert [len(stream.stack.layers) for stream in net.streams.values()] == [fusion, fusion]
    assert len(net.fused.layers) == 4 - fusion
    assert [tuple(f.shape) for f in net.layer_features(torch.randn(2, *SHAPE))] == [
        (2, NODES * width * (2 if layer < fusion else 1)) for layer, width in enumerate(SMALL, 1)
    ]


def test_streams_see_their_own_channels_only_and_are_added():
    net = build(fusion=2).eval()
    x = torch.randn(2, *SHAPE)
    first, second = x.clone(), x.clone()
    first[..., :2], second[..., 2:] = 0, 0
    coordinates, relations = net.layer_features(x)[0].chunk(2, 1)
    torch.testing.assert_close(net.layer_features(first)[0].chunk(2, 1)[1], relations)
    torch.testing.assert_close(net.layer_features(second)[0].chunk(2, 1)[0], coordinates)
    total = sum(stream(x)[-1] for stream in net.streams.values())
    torch.testing.assert_close(net.layer_features(x)[1], net.classify.summary(total))
    torch.testing.assert_close(net(x), nn.Sequential(*net.fused.layers, net.classify)(total))


def test_last_layer_features_are_what_the_classifier_sees():
    net = build()
    x = torch.randn(4, *SHAPE)
    torch.testing.assert_close(net.classify.linear(net.layer_features(x)[-1]), net(x))


def test_a_dead_second_stream_leaves_ss_gn():
    """With the second stream's output at zero, GTS-GN is SS-GN over x and y with the same weights."""
    net = build(fusion=3, au_loss="none").eval()
    single = SSGN(SHAPE, CLASSES, edges=EDGES, learnable_adjacency=True, widths=SMALL).eval()
    layers = nn.ModuleList([*net.streams["coordinates"].stack.layers, *net.fused.layers])
    single.stream.stack.layers.load_state_dict(layers.state_dict())
    single.classify.load_state_dict(net.classify.state_dict())
    last = net.streams["relations"].stack.layers[-1].time
    with torch.no_grad():
        last.weight.zero_()
        last.bias.zero_()
    x = torch.randn(4, *SHAPE)
    torch.testing.assert_close(net(x), single(x))


def test_forward_is_forward_with_aus():
    net = build().eval()
    x = torch.randn(4, *SHAPE)
    logits, au_logits = net.forward_with_aus(x)
    assert torch.equal(logits, net(x))
    assert [tuple(a.shape) for a in au_logits] == [(4, AUS)] * 3


def test_learnable_adjacency_starts_without_effect():
    with_lam, without = build(learnable_adjacency=True), build(learnable_adjacency=False)
    keys = with_lam.load_state_dict(without.state_dict(), strict=False)
    assert len(keys.missing_keys) == 6
    assert all(key.endswith("learnt_adjacency") for key in keys.missing_keys)
    x = torch.randn(4, *SHAPE)
    assert torch.equal(with_lam(x), without(x))
    assert without.adjacencies() == []


def test_every_layer_of_every_stream_has_its_own_adjacency():
    net = build()
    optimiser = torch.optim.SGD(net.parameters(), 0.1)
    total_loss(net, torch.randn(6, *SHAPE)).backward()
    optimiser.step()
    found = net.adjacencies()
    assert [(stream, layer) for stream, layer, _ in found] == [
        ("coordinates", 1), ("coordinates", 2), ("relations", 1), ("relations", 2), ("fused", 3), ("fused", 4)
    ]  # fmt: skip
    for _, _, matrix in found:
        assert torch.count_nonzero(matrix) == NODES**2  # nodes far from each other included


@pytest.mark.parametrize("params", [{}, {"head": "pooled"}, {"fusion": 1}, {"fusion": 4, "au_loss": "single"}])
def test_every_parameter_receives_a_finite_gradient(params):
    net = build(**params)
    total_loss(net, torch.randn(12, *SHAPE)).backward()
    assert_gradients(net)


def test_clips_without_motion_have_finite_gradients():
    """A displacement of nothing is zero in all channels of all clips: batch norm then divides by sqrt(eps)."""
    net = build()
    total_loss(net, torch.zeros(4, *SHAPE)).backward()
    assert all(torch.isfinite(p.grad).all() for p in net.parameters())


def test_weights_of_the_action_units_sum_to_one_and_move():
    net = build(fusion=1)
    torch.testing.assert_close(net.au_weights(), torch.full((4,), 0.25))
    optimiser = torch.optim.Adam(net.parameters(), 0.01)
    x = torch.randn(12, *SHAPE)
    for _ in range(20):
        optimiser.zero_grad()
        total_loss(net, x).backward()
        optimiser.step()
    weights = net.au_weights()
    torch.testing.assert_close(weights.sum(), torch.tensor(1.0))
    assert (weights > 0).all()
    assert (weights - 0.25).abs().max() > 0.01


@pytest.mark.parametrize(("fusion", "layers"), [(1, [1, 2, 3, 4]), (2, [2, 3, 4]), (3, [3, 4])])
def test_adaptive_loss_constrains_every_layer_from_the_fusion_on(fusion, layers):
    net = build(fusion=fusion)
    assert net.au_layers == layers
    assert [head.linear.in_features for head in net.au_heads] == [NODES * SMALL[layer - 1] for layer in layers]


def test_single_loss_is_the_cross_entropy_of_each_unit_after_one_layer():
    net = build(fusion=2, au_loss="single", au_layer=3)
    x, aus = torch.randn(4, *SHAPE), torch.randint(0, 2, (4, AUS)).float()
    _, au_logits = net.forward_with_aus(x)
    torch.testing.assert_close(au_logits[0], net.au_heads[0].linear(net.layer_features(x)[2]))
    expected = nn.functional.binary_cross_entropy_with_logits(au_logits[0], aus)
    torch.testing.assert_close(net.au_loss(au_logits, aus, known=torch.ones(4, dtype=torch.bool)), expected)
    assert net.au_weights().tolist() == [1]
    assert build(fusion=2, au_loss="single").au_layers == [2]


@pytest.mark.parametrize("params", [{}, {"au_loss": "single", "au_layer": 4}])
def test_clips_whose_units_are_not_known_have_no_part_in_the_loss(params):
    net = build(**params).eval()  # batch norm would make one clip's features depend on the others
    x, aus = torch.randn(6, *SHAPE), torch.randint(0, 2, (6, AUS)).float()
    known = torch.tensor([True, False, True, True, False, True])
    loss = net.au_loss(net.forward_with_aus(x)[1], aus, known=known)
    alone = net.au_loss(net.forward_with_aus(x[known])[1], aus[known], known=known[known])
    torch.testing.assert_close(loss, alone)
    torch.testing.assert_close(loss, net.au_loss(net.forward_with_aus(x)[1], aus + 7 * ~known[:, None], known=known))
    as_none = net.au_loss(net.forward_with_aus(x)[1], aus * known[:, None], known=torch.ones_like(known))
    assert abs((loss - as_none).item()) > 1e-3


def test_without_au_loss_there_is_nothing_of_the_units():
    net = build(au_loss="none", n_aus=0)
    assert net.forward_with_aus(torch.randn(2, *SHAPE))[1] == []
    assert net.au_weights().tolist() == []
    assert not [name for name, _ in net.named_parameters() if name.startswith("au_")]


@pytest.mark.parametrize("head", ["flat", "pooled"])
def test_names_of_the_nodes_do_not_matter(head):
    """Nodes and edges in another order: features in that order; the same logits, once a flat head is reordered too."""
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    place = torch.argsort(order).tolist()
    net = build(head=head).eval()
    renamed = build(head=head, edges=tuple((place[a], place[b]) for a, b in EDGES)).eval()
    state = net.state_dict()
    for key, value in state.items():
        if key.endswith("learnt_adjacency"):
            value.normal_()
            state[key] = value[order][:, order]
        if key.endswith("linear.weight") and head == "flat":
            state[key] = value.view(len(value), NODES, -1)[:, order].flatten(1)
    renamed.load_state_dict(state)
    x = torch.randn(4, *SHAPE)
    torch.testing.assert_close(renamed(x[:, :, order]), net(x))
    pairs = zip(renamed.layer_features(x[:, :, order]), net.layer_features(x), (2, 1, 1, 1), strict=True)
    for ours, theirs, streams in pairs:
        by_node = theirs.view(4, streams, NODES, -1)[:, :, order].flatten(1) if head == "flat" else theirs
        torch.testing.assert_close(ours, by_node)


def test_time_backwards_is_every_kernel_backwards():
    net, backwards = build().eval(), build().eval()
    backwards.load_state_dict({k: v.flip(0) if k.endswith("time.weight") else v for k, v in net.state_dict().items()})
    x = torch.randn(4, *SHAPE)
    torch.testing.assert_close(backwards(x.flip(1)), net(x))
    assert not torch.allclose(net(x.flip(1)), net(x), atol=1e-4)


def test_clips_are_told_apart_by_themselves_in_evaluation():
    net = build().eval()
    x = torch.randn(5, *SHAPE)
    torch.testing.assert_close(net(x)[3:4], net(x[3:4]))


def test_one_batch_can_be_learnt_by_heart():
    net = build()
    x, target, aus = torch.randn(12, *SHAPE), torch.arange(12) % CLASSES, (torch.rand(12, AUS) > 0.5).float()
    optimiser = torch.optim.Adam(net.parameters(), 1e-2)
    for _ in range(100):
        optimiser.zero_grad()
        logits, au_logits = net.forward_with_aus(x)
        units = net.au_loss(au_logits, aus, known=torch.ones(12, dtype=torch.bool))
        loss = nn.functional.cross_entropy(logits, target) + units
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.1
    told = au_logits[int(net.au_weights().argmax())]  # a layer whose weight is learnt away need not tell them
    assert ((told > 0) == (aus > 0)).all()


def test_sizes_of_the_paper():
    """Table II: 64, 64, 128, 128; 14 nodes, six classes. The streams double what comes before the fusion."""
    edges = tuple((i, i + 1) for i in range(13))
    plain = {"edges": edges, "au_loss": "none", "learnable_adjacency": False}
    counts = [sum(p.numel() for p in GTSGN((3, 14, 4), 6, fusion=n, **plain).parameters()) for n in (1, 2, 3, 4)]
    ss = 3 * 64 * 64 + 64, 3 * 128 * 128 + 128  # temporal convolutions
    layers = np.array([2 * 64 + 64 + ss[0], 64 * 64 + 64 + ss[0], 64 * 128 + 128 + ss[1], 128 * 128 + 128 + ss[1]])
    assert counts == (163_206 + layers.cumsum()).tolist()


@pytest.mark.parametrize("fusion", [0, 5])
def test_fusion_outside_the_layers_is_refused(fusion):
    with pytest.raises(ConfigError, match=rf"expected fusion of 1 to 4, the number of layers, but found {fusion}"):
        build(fusion=fusion)


def test_adaptive_loss_of_one_layer_is_refused():
    with pytest.raises(ConfigError, match=r"expected at least two layers .* Set au_loss: single"):
        build(fusion=4)


def test_au_loss_without_action_units_is_refused():
    with pytest.raises(
        ConfigError, match="expected clips with known action units for au_loss adaptive, but found none"
    ):
        build(n_aus=0)


@pytest.mark.parametrize("layer", [1, 5])
def test_constraint_outside_the_fused_layers_is_refused(layer):
    with pytest.raises(ConfigError, match=rf"expected au_layer of 2 \(the fusion\) to 4, or 0, but found {layer}"):
        build(au_loss="single", au_layer=layer)


@pytest.mark.parametrize(("key", "allowed"), [("au_loss", "adaptive, single, none"), ("head", "flat, pooled")])
def test_unknown_words_are_refused(key, allowed):
    with pytest.raises(ConfigError, match=rf"unknown {key} 'max'\. Allowed: {allowed}"):
        build(**{key: "max"})
