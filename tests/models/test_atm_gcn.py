import math

import pytest
import torch
from tests.models.checks import assert_gradients, learn
from torch import nn

from merflow.errors import ConfigError, DatasetError
from merflow.models.atm_gcn import ATMGCN, NodeClassifier, temporal_encoding
from merflow.models.registry import build_model
from merflow.models.temporal_graph import edge_mask, real_nodes

SHAPE = (6, 32, 32, 3)
SMALL = {"blocks": 2, "layers": 2, "window": 1, "widths": (4, 8), "stem_stride": 2, "grid": 2, "heads": 2}


def network(seed=0, shape=SHAPE, **params):
    torch.manual_seed(seed)
    return ATMGCN(shape, 3, **SMALL | params)


def settled(**params):
    """Return a network in evaluation mode whose batch norms have seen one batch: until then it tells no clips apart."""
    net = network(**params)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        net(*clips(12, seed=1, shape=params.get("shape", SHAPE)))
    return net.eval()


def clips(n=5, shape=SHAPE, seed=0):
    """Return frames, apex and length; clip 0 has its apex at the onset, the last clip is full, others may be padded."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand((n * shape[0], 3, 5, 5), generator=generator) * 250
    pictures = nn.functional.interpolate(coarse, shape[1:3], mode="bilinear")
    x = pictures.permute(0, 2, 3, 1).reshape(n, *shape).to(torch.uint8)
    n_frames = torch.randint(3, shape[0] + 1, (n,), generator=generator)
    n_frames[-1] = shape[0]
    apex = n_frames - 1 - torch.arange(n) % 2
    apex[0] = 0
    return x, torch.stack([apex, n_frames], 1)


def other_padding(x, apex_and_length):
    """Return the same clips with something else in the padded frames."""
    changed = x.clone()
    for clip, n in enumerate(apex_and_length[:, 1].tolist()):
        changed[clip, n:] = 255 - changed[clip, n:]
    assert not torch.equal(changed, x)
    return changed


def step(net, x, apex_and_length):
    optimiser = torch.optim.AdamW(net.parameters(), 1e-3)
    nn.functional.cross_entropy(net(x, apex_and_length), torch.arange(len(x)) % 3).backward()
    optimiser.step()


def test_registry_builds_it():
    net = build_model("atm_gcn", SMALL, SHAPE, 5)
    assert net.needs_apex_and_length
    assert net(*clips()).shape == (5, 5)


def test_bytes_and_floats_give_the_same():
    net, (x, apex_and_length) = settled(), clips()
    assert torch.equal(net(x, apex_and_length), net(x.float(), apex_and_length))


def test_clips_do_not_see_each_other():
    net, (x, apex_and_length) = settled(), clips()
    order = torch.tensor([3, 0, 4, 2, 1])
    logits = net(x, apex_and_length)
    assert (logits.std(0) > 0.02).all()  # they are told apart at all
    torch.testing.assert_close(net(x[order], apex_and_length[order]), logits[order])
    torch.testing.assert_close(net(x[1:2], apex_and_length[1:2]), logits[1:2])


@pytest.mark.parametrize("layer_norm", ["batch", "layer", "none"])
def test_padding_is_never_looked_at(layer_norm):
    x, apex_and_length = clips()
    net = settled(layer_norm=layer_norm)
    changed = other_padding(x, apex_and_length)
    assert torch.equal(net(x, apex_and_length), net(changed, apex_and_length))
    assert torch.equal(net.attention_maps(x, apex_and_length), net.attention_maps(changed, apex_and_length))


def test_padding_reaches_no_statistics_and_no_gradient():
    x, apex_and_length = clips()
    states = []
    for frames in (x, other_padding(x, apex_and_length)):
        net = network()
        step(net, frames, apex_and_length)
        states.append(net.state_dict())
    for name, values in states[0].items():
        assert torch.equal(values, states[1][name]), name


def test_padded_clip_gives_what_the_short_one_does():
    """Without the map of Adaptive-TM, whose size is that of the padded graph, no part depends on the padding."""
    x, apex_and_length = clips()
    apex_and_length[:] = torch.tensor([2, 4])
    long, short = settled(adaptive=False), settled(adaptive=False, shape=(4, *SHAPE[1:]))
    short.load_state_dict(long.state_dict())
    torch.testing.assert_close(long(x, apex_and_length), short(x[:, :4], apex_and_length))


@pytest.mark.parametrize("changes", [{}, {"motion": False}, {"gcn": False}, {"stem_stride": 4}])
def test_a_promise_of_whole_clips_changes_nothing_but_rounding(changes):
    x, apex_and_length = clips()
    apex_and_length[:, 1] = SHAPE[0]
    found = []
    for promised in (False, True):
        net = network(**changes)
        if promised:
            net.promise_whole_clips()
        logits = net(x, apex_and_length)
        logits.square().sum().backward()
        gradients = [parameter.grad for parameter in net.parameters()]
        found.append([logits.detach(), *gradients, *net.buffers(), net.eval()(x, apex_and_length).detach()])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(other, one, rtol=1e-4, atol=1e-5)


def test_onset_is_taken_off():
    """A grey level added to all frames of a clip changes nothing, until differences are left out."""
    x, apex_and_length = clips()
    lighter = x.float()
    lighter[1] += 20
    for motion, same in ((True, True), (False, False)):
        net = settled(motion=motion)
        assert torch.allclose(net(x, apex_and_length), net(lighter, apex_and_length), atol=1e-5) == same


def test_without_motion_the_frames_are_encoded():
    x, apex_and_length = clips()
    apex_and_length[:, 1] = SHAPE[0]
    net = settled(motion=False)
    frames = x[:, 1:].flatten(0, 1).permute(0, 3, 1, 2).float()
    features = net.feature_norm(net.encoder(net.input_norm(frames))).view(len(x), 5, -1)
    torch.testing.assert_close(net.encode(x, apex_and_length), features + net.encoding)
    dark = x.clone()
    dark[:, 0] = 0
    assert torch.equal(net(x, apex_and_length), net(dark, apex_and_length))  # the onset has no node


def test_without_gcn_features_go_straight_to_the_classifier():
    x, apex_and_length = clips()
    net = settled(gcn=False)
    assert not any(name.startswith("graph") for name, _ in net.named_parameters())
    assert net.adjacencies(x, apex_and_length) == []
    expected = net.classify(net.encode(x, apex_and_length), real_nodes(apex_and_length[:, 1], 5))
    assert torch.equal(net(x, apex_and_length), expected)


def test_without_adaptive_tm_all_layers_have_the_initial_graph():
    x, apex_and_length = clips()
    net, plain = settled(), settled(adaptive=False)
    names = {name for name, _ in net.named_parameters()} - {name for name, _ in plain.named_parameters()}
    assert names == {f"graph.adapt.{layer}.map_rows.{kind}" for layer in (0, 1) for kind in ("weight", "bias")}
    graphs = plain.adjacencies(x, apex_and_length)
    assert len(graphs) == 3
    assert all(torch.equal(graph, graphs[0]) for graph in graphs)


def test_full_forgetting_is_the_network_without_adaptive_tm():
    x, apex_and_length = clips()
    net, plain = settled(forget=1.0), settled(adaptive=False)
    with torch.no_grad():
        for layer in net.graph.adapt:
            layer.map_rows.weight.normal_()
    plain.load_state_dict({k: v for k, v in net.state_dict().items() if "adapt" not in k})
    assert torch.equal(net(x, apex_and_length), plain(x, apex_and_length))


def test_graph_is_that_of_eq_8():
    x, apex_and_length = clips()
    net = settled()
    initial, *adapted = net.adjacencies(x, apex_and_length)
    edges = edge_mask(*apex_and_length.unbind(1), nodes=5, window=1)
    h = net.encode(x, apex_and_length).detach()
    for clip, i, j in edges.nonzero().tolist():
        cosine = nn.functional.cosine_similarity(h[clip, i], h[clip, j], dim=0).double().clamp(-1, 1)
        factor = 1.0 if i == max(apex_and_length[clip, 0].item() - 1, 0) else 0.5
        expected = (1 - math.acos(cosine) / math.pi) * math.exp(-abs(i - j) / 10) * factor
        assert initial[clip, i, j].item() == pytest.approx(expected, abs=2e-4)  # within 1e-6 of 1 a cosine is 1
    assert not initial[~edges].any()
    for graph in adapted:
        torch.testing.assert_close(graph, initial)  # before training


def test_self_attention_and_mean_against_one_clip_at_a_time():
    torch.manual_seed(0)
    net = NodeClassifier(8, 3, heads=2, dropout=0.5).eval()
    h, real = torch.randn(3, 5, 8), real_nodes(torch.tensor([3, 6, 5]), 5)
    logits = net(h, real)
    for clip in range(3):
        own = h[clip : clip + 1, real[clip]]
        torch.testing.assert_close(logits[clip : clip + 1], net.linear(net.attention(own, own, own)[0].mean(1)))


def test_temporal_encoding_by_hand():
    found = temporal_encoding(3, 4)
    for node, frame in enumerate((1, 2, 3)):
        expected = [math.sin(frame), math.cos(frame), math.sin(frame / 100), math.cos(frame / 100)]
        torch.testing.assert_close(found[node], torch.tensor(expected))
    assert temporal_encoding(3, 5).shape == (3, 5)


def test_attention_maps_of_every_node():
    x, apex_and_length = clips()
    net = settled()
    maps, real = net.attention_maps(x, apex_and_length), real_nodes(apex_and_length[:, 1], 5)
    assert maps.shape == (5, 5, 16, 16)
    assert ((maps[real] > 0) & (maps[real] < 1)).all()
    assert not maps[~real].any()
    assert net.attention_maps(x, apex_and_length, block=1).shape == (5, 5, 8, 8)


def test_every_parameter_receives_a_finite_gradient():
    net, (x, apex_and_length) = network(), clips(7)
    nn.functional.cross_entropy(net(x, apex_and_length), torch.arange(7) % 3).backward()
    assert_gradients(net)


def test_frames_that_all_equal_the_onset_give_finite_gradients():
    net, (x, apex_and_length) = network(), clips()
    x[:] = x[:, :1]
    nn.functional.cross_entropy(net(x, apex_and_length), torch.arange(5) % 3).backward()
    assert all(torch.isfinite(parameter.grad).all() for parameter in net.parameters())


def test_one_batch_can_be_learnt_by_heart():
    loss = learn(network(), clips(6), torch.arange(6) % 3, lr=1e-2, steps=40, optimiser=torch.optim.AdamW)
    assert loss < 0.1


def test_same_seed_same_weights_after_training():
    states = []
    for _ in range(2):
        net, (x, apex_and_length) = network(), clips()
        step(net, x, apex_and_length)
        states.append(net.state_dict())
    assert all(torch.equal(values, states[1][name]) for name, values in states[0].items())


def test_one_step_at_the_size_of_the_paper():
    """16 frames of 224 px, 4 blocks, 4 layers, window 2."""
    torch.manual_seed(0)
    net = ATMGCN((16, 224, 224, 3), 7)
    assert net.encoder.stem(torch.zeros(1, 3, 224, 224)).shape[2:] == (56, 56)
    before = {name: values.clone() for name, values in net.named_parameters()}
    x = torch.randint(0, 256, (2, 16, 224, 224, 3), dtype=torch.uint8)
    step(net, x, torch.tensor([[7, 16], [0, 12]]))
    for name, values in net.named_parameters():
        assert not torch.equal(values, before[name]), name


def test_marks_that_cannot_be_are_refused():
    net, (x, apex_and_length) = network(), clips()
    apex_and_length[2, 1] = 7
    with pytest.raises(DatasetError, match="expected 2 to 6 frames"):
        net(x, apex_and_length)


@pytest.mark.parametrize("shape", [(32, 32, 3), (1, 32, 32, 3), (6, 32, 32, 1)])
def test_other_examples_are_refused(shape):
    with pytest.raises(ConfigError, match=r"atm_gcn: expected examples of shape .* artefact 'sequences'"):
        ATMGCN(shape, 3)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"blocks": 3}, "expected blocks from 1 to 2, one for each width, but found 3"),
        ({"layers": 0}, "expected layers of 1 or more, but found 0"),
        ({"window": -1}, "expected window of 0 or more, but found -1"),
        ({"grid": 0}, "expected grid of 1 or more, but found 0"),
        ({"heads": 3}, "expected heads to divide the last width, 8, but found 3"),
        ({"tau": 0.0}, "expected tau above 0, but found 0.0"),
        ({"lambda_local": -1.0}, "expected lambda_local of 0 or more, but found -1.0"),
        ({"layer_norm": "group"}, "unknown layer_norm 'group'"),
        ({"normalise": "rows"}, "unknown normalise 'rows'"),
    ],
)
def test_values_that_cannot_work_are_refused(params, message):
    with pytest.raises(ConfigError, match=message):
        network(**params)
    with pytest.raises(ConfigError, match=message):
        network(**params, gcn=False)
