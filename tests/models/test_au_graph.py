import numpy as np
import pytest
import torch
from tests.models.checks import assert_gradients
from torch import nn

from merflow.errors import ArtefactError, ConfigError
from merflow.models.au_graph import AUGraph, co_occurrence
from merflow.models.res3d import Res3D

SHAPE = (4, 36, 38, 3)
TINY = {"width": 4, "crop": 34, "graph_width": 3}
NUMBERS = (1, 2, 4, 5, 6, 7, 12, 14, 17, 45)
"""Units that the training clips show, two of them no nodes."""


def built(numbers=NUMBERS, **params):
    torch.manual_seed(0)
    return AUGraph(SHAPE, 5, au_numbers=numbers, **TINY | params)


def clips(count=4):
    return torch.randint(0, 256, (count, *SHAPE), generator=torch.Generator().manual_seed(0), dtype=torch.uint8)


def shown(count, numbers=NUMBERS, seed=0):
    return (torch.rand((count, len(numbers)), generator=torch.Generator().manual_seed(seed)) < 0.4).float()


def known(count):
    return torch.ones(count, dtype=torch.bool)


def test_co_occurrence_by_hand():
    aus = torch.tensor([[1, 1, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0]])
    expected = torch.tensor([[0.75, 0.25, 0], [0.5, 0.5, 0], [0, 0, 1]])
    torch.testing.assert_close(co_occurrence(aus), expected)


def test_co_occurrence_is_the_share_of_the_clips_of_a_unit_that_show_the_other():
    aus = shown(50).numpy().astype(bool)
    share = np.array([[aus[aus[:, i], j].mean() for j in range(10)] for i in range(10)])
    np.testing.assert_allclose(co_occurrence(torch.from_numpy(aus)), share / share.sum(1, keepdims=True), rtol=1e-6)


def test_the_graph_is_made_of_the_clips_whose_units_are_known():
    net, aus = built(), shown(30)
    there = torch.arange(30) % 3 > 0
    net.begin_training(aus, known=there)
    nodes = [NUMBERS.index(unit) for unit in net.units]
    assert torch.equal(net.co_occurrence, co_occurrence(aus[there][:, nodes]))
    assert not torch.equal(net.co_occurrence, co_occurrence(aus[:, nodes]))
    assert "co_occurrence" in net.state_dict()
    assert net.notes() == []


def test_a_unit_that_no_training_clip_shows_is_joined_to_none_and_counts_as_absent():
    numbers = tuple(number for number in NUMBERS if number != 17)
    net, aus = built(numbers), shown(30, numbers)
    net.begin_training(aus, known=known(30))
    alone = torch.eye(8)[6]
    assert torch.equal(net.co_occurrence[6], alone)
    assert torch.equal(net.co_occurrence[:, 6], alone)
    assert net.notes() == ["no training clip shows AU17: joined to no other unit"]
    logits = torch.randn((30, 8), generator=torch.Generator().manual_seed(1))
    target = torch.cat([aus[:, [0, 1, 2, 4, 5, 6]], torch.zeros(30, 1), aus[:, -1:]], 1)
    expected = nn.functional.binary_cross_entropy_with_logits(logits, target)
    torch.testing.assert_close(net.au_loss([logits], aus, known=known(30)), expected)


def test_the_classes_are_told_from_the_probabilities_of_the_units_alone():
    net = built()
    net.begin_training(shown(30), known=known(30))
    net.detect = nn.Identity()
    given = torch.randn((4, 8), generator=torch.Generator().manual_seed(1))
    logits, (au_logits,) = net.forward_with_aus(given)
    assert torch.equal(au_logits, given)
    state = {name: value.double().numpy() for name, value in net.state_dict().items()}
    nodes = 1 / (1 + np.exp(-given.double().numpy()))
    mixed = nodes @ state["co_occurrence"].T
    features = np.maximum(mixed[..., None] * state["convolve.weight"][:, 0] + state["convolve.bias"], 0)
    expected = features.reshape(4, -1) @ state["classify.weight"].T + state["classify.bias"]
    np.testing.assert_allclose(logits.detach().numpy(), expected, rtol=1e-5)
    assert torch.equal(net(given), logits)


def test_number_of_parameters():
    """Res3D+SCA of eight units, 1 + 1 weights for each of 16 features of a node, and a linear map of 8 x 16."""
    with torch.device("meta"):
        net, plain = AUGraph((10, 150, 150, 3), 5, au_numbers=NUMBERS), Res3D((10, 150, 150, 3), 8, attention="sca")
    count = sum(p.numel() for p in plain.parameters())
    assert count == 33_891_896
    assert sum(p.numel() for p in net.parameters()) == count + 2 * 16 + 8 * 16 * 5 + 5


def test_the_loss_of_the_emotions_alone_reaches_every_parameter():
    """The framework is trained end to end: the emotions change how the units are told."""
    net = built(graph_width=16)
    net.begin_training(shown(30), known=known(30))
    nn.functional.binary_cross_entropy_with_logits(net(clips()), torch.eye(5)[:4]).backward()
    assert_gradients(net)


def test_one_batch_of_emotions_and_units_can_be_learnt_by_heart():
    net, aus = built(graph_width=16), shown(6)
    net.begin_training(aus, known=known(6))
    emotions, optimiser = torch.eye(5)[torch.arange(6) % 5], torch.optim.Adam(net.parameters(), 2e-2)
    for _ in range(60):
        optimiser.zero_grad()
        logits, au_logits = net.forward_with_aus(clips(6))
        of_units = net.au_loss(au_logits, aus, known=known(6))
        of_emotions = net.label_loss(logits, emotions, None)
        (of_units + of_emotions).backward()
        optimiser.step()
    assert of_units < 0.2
    assert of_emotions < 0.3


def test_training_begins_with_the_weights_of_a_file_of_res3d_and_another_width_is_refused(tmp_path):
    torch.manual_seed(7)
    other = Res3D(SHAPE, 101, width=4, crop=34).state_dict()
    torch.save({"state_dict": other, "config": {}}, tmp_path / "w.pt")
    net = built(weights=str(tmp_path / "w.pt"))
    net.begin_training(shown(6), known=known(6))
    assert torch.equal(net.detect.layer4[0].conv1.weight, other["layer4.0.conv1.weight"])
    wider = built(weights=str(tmp_path / "w.pt"), width=8)
    with pytest.raises(ArtefactError, match=r"conv1.weight of shape \(8, 3, 7, 7, 7\), but found \(4, 3, 7, 7, 7\)"):
        wider.begin_training(shown(6), known=known(6))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"numbers": ()}, "training clips that show action units of 1, 2, 4, 6, 7, 12, 17, 45, but found none"),
        ({"numbers": (9, 10)}, "but found 9, 10. Annotate them, or name others in units"),
        ({"graph_width": 0}, "expected graph_width of 1 or more, but found 0"),
        ({"units": ()}, r"expected units of one or more different numbers, but found \[\]"),
        ({"units": (4, 4)}, r"expected units of one or more different numbers, but found \[4, 4\]"),
        ({"crop": 41}, "au_graph: expected crop of 1 to 36 px"),
    ],
)
def test_what_cannot_work_is_refused(params, message):
    with pytest.raises(ConfigError, match=message):
        built(**params)
