"""PointNet: its transforms start as nothing, and the loss that keeps one near a rotation."""

import pytest
import torch
from torch import nn

from merflow.models.pointnet import PointNet, PointNetEncoder, distance_from_rotation


def points(batch=4):
    return torch.randn(batch, 8, 6, 6, generator=torch.Generator().manual_seed(0))


def test_transforms_of_zero_heads_are_no_transforms():
    torch.manual_seed(0)
    encoder = PointNetEncoder(6, width=0.125, feature_transform=True).eval()
    for transform in (encoder.input_transform, encoder.feature_transform):
        nn.init.zeros_(transform.matrix.weight)
        nn.init.zeros_(transform.matrix.bias)
    x = points().flatten(1, 2)
    features, matrix = encoder(x)
    torch.testing.assert_close(features, encoder.points(encoder.enter(x.transpose(0, 1).contiguous())))
    assert torch.equal(matrix, torch.eye(8).expand(4, 8, 8))


def test_the_input_transform_turns_places_and_leaves_motion():
    """A matrix that exchanges x and y for all clouds: the same as a cloud with x and y exchanged, and none."""
    torch.manual_seed(0)
    encoder = PointNetEncoder(6, width=0.125, feature_transform=False).eval()
    exchange = torch.tensor([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]])
    head = encoder.input_transform.matrix
    nn.init.zeros_(head.weight)
    with torch.no_grad():
        head.bias.copy_((exchange - torch.eye(3)).flatten())
    x = points().flatten(1, 2)
    exchanged = x[..., [1, 0, 2, 3, 4, 5]]
    found = encoder(x)[0]
    nn.init.zeros_(head.bias)
    torch.testing.assert_close(found, encoder(exchanged)[0])


def test_distance_from_rotation_by_hand():
    """2 I: I - 4 I has a Frobenius norm of 3 sqrt(3); a rotation has 0: the mean is half."""
    turned = torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    both = torch.stack([2 * torch.eye(3), turned])
    assert distance_from_rotation(both).item() == pytest.approx(3 * 3**0.5 / 2)


@pytest.mark.parametrize("focal_gamma", [0.0, 2.0])
def test_training_adds_the_loss_of_the_matrices_once_and_evaluation_does_not(focal_gamma):
    torch.manual_seed(0)
    net = PointNet((8, 6, 6), 3, width=0.125, dropout=0.0, transform_weight=0.5)
    target, weight = torch.arange(4) % 3, torch.tensor([1.0, 2, 3])
    logits = net(points())
    of_classes = super(PointNet, net).class_loss(logits, target, weight, focal_gamma=focal_gamma)
    with_matrices = net.class_loss(logits, target, weight, focal_gamma=focal_gamma)
    x = net.clouds(points())
    expected = 0.5 * distance_from_rotation(net.encoder(x)[1])
    torch.testing.assert_close(with_matrices - of_classes, expected)
    assert torch.equal(net.class_loss(logits, target, weight, focal_gamma=focal_gamma), of_classes)
    net(points())  # and then looked at by early stopping, on clips of several batches
    net.eval()
    logits = torch.cat([net(points(2)), net(points(2))])
    own = super(PointNet, net).class_loss(logits, target, weight, focal_gamma=focal_gamma)
    assert torch.equal(net.class_loss(logits, target, weight, focal_gamma=focal_gamma), own)


def test_without_the_weight_or_the_transform_there_is_no_such_loss():
    for params in ({"transform_weight": 0.0}, {"feature_transform": False}):
        net = PointNet((8, 6, 6), 3, width=0.125, **params)
        logits, target = net(points()), torch.arange(4) % 3
        assert torch.equal(net.class_loss(logits, target, None), nn.functional.cross_entropy(logits, target))
