import numpy as np
import torch

from merflow.models.losses import adaptive_au_loss, adaptive_weights, margin_loss, masked_au_loss


def test_adaptive_loss_against_numpy():
    """Eq. 11: each layer's loss is minus the mean log-likelihood of the units, weighted by W^2 / sum W^2."""
    rng = np.random.default_rng(0)
    logits, aus, W = rng.normal(size=(3, 5, 4)), rng.integers(0, 2, size=(5, 4)), np.array([1.0, -2.0, 0.5])
    p = 1 / (1 + np.exp(-logits))
    layers = -(aus * np.log(p) + (1 - aus) * np.log(1 - p)).mean((1, 2))
    expected = (W**2 * layers).sum() / (W**2).sum()
    known = torch.ones(5, dtype=torch.bool)
    layer_logits = [torch.from_numpy(a) for a in logits]
    loss = adaptive_au_loss(layer_logits, torch.from_numpy(aus), torch.from_numpy(W), known=known)
    np.testing.assert_allclose(loss.item(), expected)


def test_adaptive_weights_sum_to_one_and_learn():
    W = torch.tensor([1.0, -2.0, 0.5], requires_grad=True)
    weights = adaptive_weights(W)
    torch.testing.assert_close(weights, torch.tensor([1.0, 4.0, 0.25]) / 5.25)
    hard, easy = torch.full((2, 3), -4.0), torch.full((2, 3), 4.0)
    adaptive_au_loss([hard, easy, easy], torch.ones(2, 3), W, known=torch.ones(2, dtype=torch.bool)).backward()
    downhill = -W.grad * W.detach().sign()
    assert (downhill.sign() == torch.tensor([-1, 1, 1])).all()  # towards 0 for the layer that cannot tell the units
    torch.testing.assert_close(W.grad @ W.detach(), torch.tensor(0.0), atol=1e-6, rtol=0)  # the scale of W is idle


def test_loss_of_the_known_clips_alone():
    """Torch's own loss of those clips; the others get no gradient. By hand: logits 0 give log 2."""
    torch.manual_seed(0)
    logits = torch.randn(5, 4, requires_grad=True)
    aus, known = torch.randint(0, 2, (5, 4)).float(), torch.tensor([True, False, True, False, False])
    loss = masked_au_loss(logits, aus, known)
    torch.testing.assert_close(loss, torch.nn.functional.multilabel_soft_margin_loss(logits[known], aus[known]))
    loss.backward()
    assert (logits.grad[known] != 0).all()
    assert (logits.grad[~known] == 0).all()
    half = masked_au_loss(torch.zeros(2, 1), torch.tensor([[1.0], [0.0]]), torch.tensor([True, False]))
    torch.testing.assert_close(half, torch.tensor(2.0).log())


def test_a_batch_without_known_clips_has_no_loss_and_no_gradient():
    logits = torch.randn(3, 4, requires_grad=True)
    loss = masked_au_loss(logits, torch.zeros(3, 4), torch.zeros(3, dtype=torch.bool))
    loss.backward()
    assert loss.item() == 0
    assert (logits.grad == 0).all()


def test_margin_loss_by_hand():
    """Class 0 of lengths .7, .3: (.9 - .7)^2 + .5 (.3 - .1)^2 = .06; of .95, .05: 0."""
    lengths, target = torch.tensor([[0.7, 0.3], [0.05, 0.95]]), torch.tensor([0, 1])
    torch.testing.assert_close(margin_loss(lengths, target, None), torch.tensor(0.03))
    torch.testing.assert_close(margin_loss(lengths, target, torch.tensor([3.0, 1.0])), torch.tensor(0.045))


def test_equal_class_weights_change_nothing():
    torch.manual_seed(0)
    lengths, target = torch.rand(6, 3), torch.arange(6) % 3
    torch.testing.assert_close(margin_loss(lengths, target, torch.full((3,), 2.5)), margin_loss(lengths, target, None))
