import numpy as np
import pytest
import torch

from merflow.artefacts import LazyRows
from merflow.models.network import Network
from merflow.training.callbacks import EarlyStopping, Oracle
from merflow.training.clips import Clips, TrainingClips
from merflow.training.loop import predict, train
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings

CPU = torch.device("cpu")
NET = {"filters": [2, 2], "dropout": 0.5}


def pictures(count, seed=0, noise=1.0):
    """Two classes: the upper or the lower half is brighter."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    x = rng.uniform(0, 1, size=(count, 28, 28, 3)) * noise
    x[labels == 0, :14] += 0.3
    x[labels == 1, 14:] += 0.3
    return x.astype(np.float32), labels


def fit(callbacks=(), *, clips=None, **settings):
    values = {"min_epochs": 6, "min_steps": 0, "batch_size": 8, "warmup_steps": 0, **settings}
    return train(
        clips or TrainingClips(*pictures(24)), Method("ststnet", NET, training=TrainingSettings(**values)), classes=2,
        seed=1, device=CPU, callbacks=callbacks,
    )  # fmt: skip


def same_weights(one, other):
    return all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def oracle(count=10, seed=5):
    return Oracle(Clips(*pictures(count, seed=seed)), device=CPU)


def stopping(patience, labels=None, *, class_weight=None, gamma=0.0):
    x, true = pictures(12, seed=7)
    return EarlyStopping(
        Clips(x, true if labels is None else labels), patience=patience, class_weight=class_weight, gamma=gamma,
        device=CPU,
    )  # fmt: skip


def test_the_oracle_changes_nothing_that_is_learnt():
    plain, watched = fit(), fit([oracle()])
    assert same_weights(plain.model, watched.model)
    for before, after in zip(plain.history, watched.history, strict=True):
        assert before == {name: value for name, value in after.items() if name != "test_accuracy"}


def test_the_oracle_keeps_what_the_first_best_epoch_said():
    x, labels = pictures(10, seed=5)
    said = []

    class Recorder:
        def after_epoch(self, net, epoch):
            said.append(predict(net, x, CPU).argmax(1))
            return {}

        def enough(self):
            return False

        def finish(self, net, history):
            pass

    callback = oracle()
    history = fit([callback, Recorder()]).history
    accuracies = [float((predicted == labels).mean()) for predicted in said]
    assert [row["test_accuracy"] for row in history] == pytest.approx(accuracies)
    np.testing.assert_array_equal(callback.predicted, said[int(np.argmax(accuracies))])


def test_early_stopping_returns_the_epoch_with_the_lowest_inner_loss():
    trained = fit([stopping(patience=100)], min_epochs=12)
    losses = [row["inner_loss"] for row in trained.history]
    kept = int(np.argmin(losses))
    assert [row["kept"] for row in trained.history] == [float(epoch == kept) for epoch in range(12)]
    x, labels = pictures(12, seed=7)
    with torch.inference_mode():
        loss = torch.nn.functional.cross_entropy(trained.model(torch.from_numpy(x)), torch.from_numpy(labels))
    assert loss.item() == pytest.approx(min(losses), rel=1e-5)


@pytest.mark.parametrize("gamma", [0.0, 2.0])
def test_the_inner_loss_is_the_one_trained_on(gamma):
    x, labels = pictures(12, seed=7)
    weight = torch.tensor([1.0, 3.0])
    trained = fit([stopping(100, labels=labels, class_weight=weight, gamma=gamma)], focal_gamma=gamma, loss="focal")
    with torch.inference_mode():
        logits = trained.model(torch.from_numpy(x))
    p = logits.softmax(1)[torch.arange(12), labels]
    expected = (weight[labels] * (1 - p) ** gamma * -p.log()).sum() / weight[labels].sum()
    assert min(row["inner_loss"] for row in trained.history) == pytest.approx(expected.item(), rel=1e-5)


class Lengths(Network):
    """Says the mean of the upper and of the lower half, and wants to be wrong by the number of a class, plus one."""

    def forward(self, x):
        return torch.stack([x[:, :14].mean((1, 2, 3)), x[:, 14:].mean((1, 2, 3))], 1)

    def class_loss(self, logits, target, weight, *, focal_gamma=0.0):
        return (weight[target] * (logits.argmax(1) == target) * (target + 1)).sum()


def test_a_loss_of_its_own_says_which_epoch_is_kept():
    """12 clips, all told well, as often of either class: a loss of 6 * 1 * 2 + 6 * 2 * 5, whatever gamma is."""
    callback = stopping(1, class_weight=torch.tensor([2.0, 5.0]), gamma=2.0)
    assert callback.after_epoch(Lengths(), 1) == {"inner_loss": 72.0, "inner_accuracy": 1.0}
    assert (callback.kept, callback.enough()) == (1, False)


def test_training_ends_when_patience_does():
    _, labels = pictures(12)
    trained = fit([stopping(2, labels=1 - labels)], min_epochs=30, learning_rate=0.01)  # what is learnt is wrong there
    losses = [row["inner_loss"] for row in trained.history]
    assert len(losses) < 30
    assert len(losses) - (int(np.argmin(losses)) + 1) == 2


def test_sequences_that_stay_in_their_file_train_the_same_network_a_batch_at_a_time():
    x = np.random.default_rng(0).integers(0, 256, size=(24, 3, 16, 16, 3)).astype(np.uint8)
    labels, apex_and_length = np.arange(24) % 2, np.tile([1, 3], (24, 1))
    asked = []

    class Counting(LazyRows):
        def __getitem__(self, rows):
            asked.append(len(rows))
            return super().__getitem__(rows)

    def fit_to(rows):
        clips = TrainingClips(rows, labels, apex_and_length)
        small = {"blocks": 1, "layers": 1, "widths": [4], "heads": 1, "stem_stride": 2, "grid": 1}
        settings = TrainingSettings(min_epochs=2, min_steps=0, batch_size=8, loss="focal", optimiser="adamw")
        return train(clips, Method("atm_gcn", small, training=settings), classes=2, seed=0, device=CPU)

    in_file = fit_to(Counting(x.shape, x.dtype, lambda row: x[row]))
    assert asked == [8] * 6
    assert same_weights(in_file.model, fit_to(x).model)
    asked.clear()
    scores = predict(in_file.model, x, CPU, apex_and_length=apex_and_length)
    np.testing.assert_array_equal(
        scores,
        predict(in_file.model, Counting(x.shape, x.dtype, lambda row: x[row]), CPU, apex_and_length=apex_and_length),
    )
    assert asked == [8, 8, 8]


def test_dropout_draws_from_the_seed_alone():
    first = fit()
    torch.rand(17)  # whatever else a process has drawn
    state = torch.random.get_rng_state()
    assert same_weights(first.model, fit().model)
    assert torch.equal(torch.random.get_rng_state(), state)
