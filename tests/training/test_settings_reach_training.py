"""Each setting of a training changes the weights in the way it says, and nothing is lost on the way to a batch."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import nn

from merflow.artefacts import Examples, read_examples, write_examples
from merflow.errors import DatasetError
from merflow.training import loop
from merflow.training.callbacks import EarlyStopping
from merflow.training.clips import Clips, OnDevice, TrainingClips
from merflow.training.execution import Machine
from merflow.training.fold import run_fold
from merflow.training.fold_clips import clips_of_test, inner_fold, training_clips
from merflow.training.folds import Fold
from merflow.training.loop import learning_rate, make_optimiser, predict, train
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings

CPU = torch.device("cpu")
NET = {"filters": [2, 2], "dropout": 0.0}
SEQUENCE_NET = {"blocks": 1, "layers": 1, "widths": [4], "heads": 1, "stem_stride": 2, "grid": 1}


def pictures(count=24, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(size=(count, 28, 28, 3)).astype(np.float32), np.arange(count) % 3 % 2


def weights_after(**settings):
    values = {"min_epochs": 3, "min_steps": 0, "batch_size": 8, "warmup_steps": 0, **settings}
    trained = train(
        TrainingClips(*pictures()), Method("ststnet", NET, training=TrainingSettings(**values)), classes=2,
        seed=1, device=CPU,
    )  # fmt: skip
    return trained, torch.cat([value.flatten().double() for value in trained.model.state_dict().values()])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"loss": "focal"}, {}),
        ({"loss": "focal", "focal_gamma": 1.0}, {"loss": "focal"}),
        ({"optimiser": "adamw", "weight_decay": 0.5}, {"weight_decay": 0.5}),
        ({"schedule": "exponential"}, {"schedule": "constant"}),
        ({"schedule": "exponential", "final_rate": 0.5}, {"schedule": "exponential"}),
        ({"class_weights": False}, {}),
        ({"optimiser": "sgd"}, {}),
        ({"optimiser": "sgd", "momentum": 0.0}, {"optimiser": "sgd"}),
        ({"optimiser": "sgd", "weight_decay": 0.5}, {"optimiser": "sgd"}),
        ({"schedule": "step", "step_epochs": 1}, {"schedule": "step"}),
    ],
)
def test_a_setting_changes_what_is_learnt(one, other):
    assert not torch.equal(weights_after(**one)[1], weights_after(**other)[1])


def test_gamma_0_is_cross_entropy_all_the_way():
    assert torch.equal(weights_after(loss="focal", focal_gamma=0.0)[1], weights_after()[1])


def test_the_first_focal_loss_is_below_cross_entropy():
    """(1 - p)^2 log p is smaller than log p, whatever p."""
    losses = [weights_after(min_epochs=1, loss=loss)[0].history[0]["loss"] for loss in ("focal", "cross_entropy")]
    assert losses[0] < 0.6 * losses[1]


def test_adamw_shrinks_weights_apart_from_the_gradient():
    """By hand: without a gradient AdamW leaves w (1 - lr decay); Adam takes the decay for a gradient, a step of lr."""
    for optimiser, expected in (("adamw", 2.0 * (1 - 0.1 * 0.5)), ("adam", 2.0 - 0.1)):
        net = nn.Linear(1, 1, bias=False)
        nn.init.constant_(net.weight, 2.0)
        settings = TrainingSettings(optimiser=optimiser, weight_decay=0.5)
        net.weight.grad = torch.zeros_like(net.weight)
        make_optimiser(net.parameters(), settings).step(0.1)
        assert net.weight.item() == pytest.approx(expected, abs=1e-6)


def test_the_stepped_rate_is_a_tenth_after_every_so_many_epochs():
    """The 80 epochs of Res3D have one change, after 40; 3 batches an epoch. The history says the rate of each."""
    settings = TrainingSettings(schedule="step", learning_rate=0.01, step_epochs=40)
    rates = [learning_rate(step, 3 * 90, settings, batches=3) for step in range(3 * 90)]
    assert rates == pytest.approx([0.01] * 120 + [0.001] * 120 + [0.0001] * 30)
    history = weights_after(schedule="step", step_epochs=2, min_epochs=5)[0].history
    assert [row["lr"] for row in history] == pytest.approx([1e-3, 1e-3, 1e-4, 1e-4, 1e-5])


def test_exponential_rate_falls_by_one_factor_to_its_share():
    settings = TrainingSettings(schedule="exponential", learning_rate=0.2, final_rate=0.01)
    rates = [learning_rate(step, 50, settings, batches=5) for step in range(50)]
    assert rates[0] == 0.2
    assert rates[-1] == pytest.approx(0.002)
    np.testing.assert_allclose(np.diff(np.log(rates)), np.log(0.01) / 49)
    assert learning_rate(0, 1, settings, batches=1) == 0.2


def test_each_epoch_draws_its_own_augmentation(monkeypatch):
    seen = []
    original = loop.batch_loss
    monkeypatch.setattr(
        loop, "batch_loss", lambda net, x, *rest, **kw: (seen.append(x), original(net, x, *rest, **kw))[1]
    )
    still = np.full((1, 3, 16, 16, 3), 90, dtype=np.uint8)
    still[:, :, 4:9, 3:12] = 200
    sequences(np.repeat(still, 4, axis=0), min_epochs=2, batch_size=4, image_augmentation=True)
    first, second = (sorted(clip.sum().item() for clip in batch) for batch in seen)
    assert len(set(first) | set(second)) == 8


def sequences(x, **settings):
    count = len(x)
    apex_and_length = np.tile([1, x.shape[1]], (count, 1))
    clips = TrainingClips(x, np.arange(count) % 2, apex_and_length, names=np.array([f"c{row}" for row in range(count)]))
    values = {"min_epochs": 1, "min_steps": 0, **settings}
    return train(
        clips, Method("atm_gcn", SEQUENCE_NET, training=TrainingSettings(**values)), classes=2, seed=0,
        device=CPU,
    )  # fmt: skip


def test_a_clip_is_altered_by_its_name_wherever_it_stands(monkeypatch):
    """One step on all clips, the clips in another order: each clip's altered example is the same."""
    x = np.random.default_rng(0).integers(0, 256, size=(6, 3, 16, 16, 3)).astype(np.uint8)
    names, order = np.array(list("abcdef")), np.array([4, 2, 0, 5, 1, 3])
    seen = []
    original = loop.batch_loss

    def spy(net, batch, target, *rest, **kw):
        seen.append({int(label): clip for label, clip in zip(target, batch, strict=True)})
        return original(net, batch, target % 2, *rest, **kw)

    monkeypatch.setattr(loop, "batch_loss", spy)
    for rows in (np.arange(6), order):
        values = TrainingSettings(min_epochs=1, min_steps=0, image_augmentation=True, class_weights=False)
        clips = TrainingClips(x[rows], rows, np.tile([1, 3], (6, 1)), names=names[rows])
        train(clips, Method("atm_gcn", SEQUENCE_NET, training=values), classes=6, seed=0, device=CPU)
    for clip in range(6):
        torch.testing.assert_close(seen[0][clip], seen[1][clip], rtol=0, atol=0)


def test_batches_carry_each_clips_own_marks():
    apex_and_length = np.array([[1, 2], [0, 3], [2, 3], [1, 3]])
    batch, found = OnDevice(np.arange(4)[:, None], apex_and_length, CPU).batch(torch.tensor([2, 0]))
    assert batch[:, 0].tolist() == [2, 0]
    assert found.tolist() == [[2, 3], [1, 2]]


def examples_of(subjects):
    count = len(subjects)
    x = np.random.default_rng(0).integers(0, 256, size=(count, 3, 16, 16, 3)).astype(np.uint8)
    clips = np.array([f"{subject}_{row}" for row, subject in enumerate(subjects)])
    dims = ("clip", "frame", "aligned_y", "aligned_x", "rgb")
    return Examples(
        x, np.arange(count) % 2, np.array(subjects), clips, np.full(count, "micro"), ("p", "q"), "two", dims,
        apex_and_length=np.stack([np.arange(count) % 2, 2 + np.arange(count) % 2], 1),
    )  # fmt: skip


def test_a_fold_hands_names_and_marks_of_its_clips_on():
    examples = examples_of(["s1", "s2", "s3", "s1", "s2", "s3"])
    fold = Fold("s2", np.array([0, 2, 3, 5]), np.array([1, 4]))
    fitted, tested = training_clips(examples, fold), clips_of_test(examples, fold)
    assert fitted.names.tolist() == ["s1_0", "s3_2", "s1_3", "s3_5"]
    np.testing.assert_array_equal(fitted.apex_and_length, examples.apex_and_length[[0, 2, 3, 5]])
    np.testing.assert_array_equal(tested.apex_and_length, examples.apex_and_length[[1, 4]])


def test_early_stopping_does_not_fit_on_whom_it_chooses_by(tmp_path):
    """What the inner subjects look like reaches the history of their loss, and no weight before a choice is made."""
    subjects = np.repeat(["s1", "s2", "s3", "s4"], 4).tolist()
    examples = examples_of(subjects)
    fold = Fold("s4", np.arange(12), np.arange(12, 16))
    inner = inner_fold(examples, fold, folds=3, seed=0)
    poisoned = examples.x.copy()
    poisoned[inner.test] = 255 - poisoned[inner.test]
    states = []
    for name, x in (("plain", examples.x), ("poisoned", poisoned)):
        path = tmp_path / name / "examples.h5"
        changed = dataclasses.replace(examples, x=x, digest=np.zeros(0, dtype=np.str_))
        write_examples(changed, path, dataset="d", experiment="e", params={}, code="", inputs={})
        training = TrainingSettings(min_epochs=1, min_steps=0, early_stopping=5, inner_folds=3)
        run_fold(
            read_examples(path), "s4", path.parent / "fold", Method("atm_gcn", SEQUENCE_NET, training=training),
            machine=Machine("cpu"),
        )  # fmt: skip
        states.append(torch.load(path.parent / "fold/weights/seed0.pt", weights_only=True)["state_dict"])
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])
    histories = [(tmp_path / name / "fold/history.csv").read_text() for name in ("plain", "poisoned")]
    assert histories[0] != histories[1]


def test_early_stopping_weighs_classes_as_training_does():
    """By hand: with all the weight on class 0, clips of class 1 do not count in the inner loss."""
    x, labels = pictures(6)
    net = weights_after()[0].model
    scores = predict(net, x, CPU)
    callback = EarlyStopping(
        Clips(x, labels), patience=3, class_weight=torch.tensor([1.0, 0.0]), gamma=0.0, device=CPU
    )  # fmt: skip
    expected = -np.log(scores[labels == 0, 0]).mean()
    assert callback.after_epoch(net, 1)["inner_loss"] == pytest.approx(expected, rel=1e-5)


def test_an_inner_loss_of_classes_without_weight_is_refused():
    x, labels = pictures(6)
    callback = EarlyStopping(
        Clips(x, np.ones_like(labels)), patience=3, class_weight=torch.tensor([1.0, 0.0]), gamma=0.0, device=CPU
    )
    with pytest.raises(DatasetError, match="expected a finite loss on the clips that are left out, but found nan"):
        callback.after_epoch(weights_after()[0].model, 1)
