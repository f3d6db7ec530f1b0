import pytest
import torch
from torch import nn

from merflow.models.registry import build_model
from merflow.training.stacking.probe import CLIPS, CannotStackError, Rows, probe


def layout(net, x):
    return probe(net, lambda one, batch: one(batch), x)


def test_rows_of_clips_by_hand():
    """Two outer rows, three clips, two inner rows."""
    values = Rows(2, 2).of_clips(torch.tensor([1.0, 2.0, 3.0]))
    assert values.tolist() == [1, 1, 2, 2, 3, 3] * 2


def test_rows_and_dropout_of_networks_of_ours():
    points = build_model("lite_point_gcn", {"widths": (4, 4, 4), "region_feature": 4, "gcn_hidden": 4}, (8, 32, 6), 3)
    rows = layout(points, torch.randn(CLIPS, 8, 32, 6)).rows
    assert rows["point_net.levels.0"] == Rows(32, 8)  # points x clips x regions
    assert rows["point_net.levels.2"] == Rows(4, 8)  # 128 of 1024 points pass on
    assert rows["region_model.norms.3"] == Rows(1, 8)
    graphs = build_model("ss_gn", {}, (3, 5, 4), 3, edges=((0, 1),))
    assert layout(graphs, torch.randn(CLIPS, 3, 5, 4)).rows == {"stream.norm.norm": Rows(5, 3)}  # nodes, clips, frames
    pictures = build_model("ststnet", {"dropout": 0.25}, (28, 28, 3), 3)
    found = layout(pictures, torch.randn(CLIPS, 28, 28, 3))
    assert found.rows == {"streams.2": Rows(1, 1)}
    (drop,) = found.drops
    assert (drop.share, drop.shape) == (0.25, (16, 10, 10))
    assert drop.strides == (1600, 1, 160, 16)  # channels last, as its input is


def test_the_network_and_torchs_random_state_stay_as_they_are():
    net = build_model("ststnet", {}, (28, 28, 3), 3)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    torch.manual_seed(1)
    state = torch.get_rng_state()
    layout(net, torch.randn(CLIPS, 28, 28, 3, generator=torch.Generator().manual_seed(0)))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert net.training


class Mixes(nn.Module):
    """Batch norm of what all clips have a part in."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(2)

    def forward(self, x):
        return self.norm(x - x.mean(0))


class DropsRegions(nn.Module):
    """Dropout of rows that are no clips."""

    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        return self.drop(x.flatten(0, 1))


@pytest.mark.parametrize(
    ("net", "message"),
    [
        (Mixes(), "the rows that reach norm cannot be told apart"),
        (DropsRegions(), "drop drops values of 12 rows, where there are 3 clips"),
    ],
)
def test_what_cannot_be_told_is_refused(net, message):
    x = torch.randn(CLIPS, 2) if isinstance(net, Mixes) else torch.randn(CLIPS, 4, 2)
    with pytest.raises(CannotStackError, match=message):
        layout(net, x)
