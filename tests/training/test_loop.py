import math
import platform
import resource
from pathlib import Path

import numpy as np
import pytest
import torch

from merflow.errors import ConfigError, MerflowError
from merflow.training.clips import TrainingClips
from merflow.training.execution import choose_device, give_freed_memory_back, keep_freed_memory, reproducible
from merflow.training.loop import learning_rate, predict, train
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings, schedule_length

CPU = torch.device("cpu")
SMALL = {"widths": (8, 8, 8), "region_feature": 8, "gcn_hidden": 16, "gcn_layers": 2}


def small_train(x, labels, **changes):
    settings = TrainingSettings(**{"min_epochs": 2, "min_steps": 4, "batch_size": 8, **changes})
    return train(
        TrainingClips(x, labels), Method("lite_point_gcn", SMALL, training=settings), classes=3,
        seed=0, device=CPU,
    )  # fmt: skip


def faces(n=12, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    x = rng.normal(size=(n, 8, 8, 6)).astype(np.float32)
    x[..., 3] += 3.0 * (labels - 1)[:, None, None]
    return x, labels


@pytest.mark.parametrize(
    ("clips", "settings", "expected"),
    [
        (84, TrainingSettings(), (30, 4)),
        (40, TrainingSettings(), (50, 2)),
        (24, TrainingSettings(), (100, 1)),
        (700, TrainingSettings(min_steps=2000), (67, 30)),
    ],
)
def test_schedule_is_long_enough_in_epochs_and_steps(clips, settings, expected):
    assert schedule_length(clips, settings) == expected


def test_cosine_schedule():
    settings = TrainingSettings(learning_rate=1.0)
    rates = [learning_rate(step, 110, settings, batches=10) for step in range(110)]
    np.testing.assert_allclose(rates[:10], np.arange(1, 11) / 10)
    assert rates[10] == 1
    assert rates[60] == pytest.approx(0.5)
    assert rates[109] == pytest.approx(0.5 * (1 + math.cos(math.pi * 0.99)))
    assert {learning_rate(s, 110, TrainingSettings(schedule="constant"), batches=10) for s in range(110)} == {1e-3}


def test_action_units_of_clips_that_are_not_known_reach_no_weight():
    """Whatever stands in their rows, the same weights come out; what stands in a known row does reach them."""
    rng = np.random.default_rng(0)
    x, labels, known = rng.normal(size=(12, 3, 5, 4)).astype(np.float32), np.arange(12) % 3, np.arange(12) % 4 > 0
    aus = np.ones((12, 2), dtype=np.uint8)

    def weights(aus):
        clips = TrainingClips(
            x, labels, aus=aus, aus_known=known, au_numbers=(4, 12), edges=((0, 1), (1, 2), (2, 3), (3, 4))
        )
        settings = TrainingSettings(min_epochs=2, min_steps=4, batch_size=4)
        params = {"fusion": 1, "widths": (8, 8, 8)}
        trained = train(
            clips, Method("gts_gn", params, training=settings), classes=3, seed=0, device=CPU,
        )  # fmt: skip
        return torch.cat([value.flatten() for value in trained.model.state_dict().values()])

    plain = weights(aus)
    assert torch.equal(weights(aus * known[:, None].astype(np.uint8)), plain)
    assert not torch.equal(weights(aus * ~known[:, None]), plain)


def test_action_units_without_a_word_of_which_are_known_are_refused():
    with pytest.raises(ValueError, match="aus has 12 clips, but it is said of 0 if it is known"):
        TrainingClips(*faces(), aus=np.ones((12, 2), dtype=np.uint8))


def test_learns_what_can_be_learnt():
    x, labels = faces()
    trained = small_train(x, labels, min_epochs=40, learning_rate=1e-2)
    assert trained.history[-1]["loss"] < 0.1
    assert (predict(trained.model, faces(30, seed=1)[0], CPU).argmax(1) == np.arange(30) % 3).mean() > 0.8


def test_history_has_a_row_an_epoch():
    x, labels = faces()
    history = small_train(x, labels, min_epochs=3).history
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert all(0 <= row["train_accuracy"] <= 1 for row in history)


def test_scores_are_probabilities_and_do_not_depend_on_the_other_clips():
    x, labels = faces()
    model = small_train(x, labels).model
    scores = predict(model, x, CPU)
    np.testing.assert_allclose(scores.sum(1), 1, rtol=1e-5)
    np.testing.assert_allclose(predict(model, x[3:4], CPU)[0], scores[3], rtol=1e-4, atol=1e-6)


def test_training_does_not_touch_the_global_random_state():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    small_train(*faces())
    assert torch.equal(torch.rand(3), expected)


def test_divergence_says_what_to_do():
    x, labels = faces()
    with pytest.raises(MerflowError, match=r"found nan in epoch 1. Lower training.learning_rate"):
        small_train(x * np.float32(np.inf), labels)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_settings_of_torch_are_put_back(device):
    def settings():
        convolutions_round = torch.backends.cudnn.allow_tf32
        return torch.get_num_threads(), torch.are_deterministic_algorithms_enabled(), convolutions_round

    before = settings()
    with reproducible(torch.device(device), threads=1):
        assert settings() == (1, device == "cuda", before[2] and device == "cpu")
    assert settings() == before


def test_glibc_takes_the_memory_settings_and_others_are_left_alone():
    glibc = platform.libc_ver()[0] == "glibc"
    assert keep_freed_memory() == glibc


def test_freed_memory_goes_back_to_the_kernel():
    def resident():
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    if platform.libc_ver()[0] != "glibc":
        pytest.skip("only glibc hands memory back on demand")
    keep_freed_memory()
    blocks = [torch.ones(2**22) for _ in range(16)]  # 256 MB
    last = torch.ones(16)
    before = resident()
    del blocks
    assert give_freed_memory_back()
    assert resident() < before - 2**27
    assert last.sum() == 16


def test_devices():
    assert choose_device("cpu").type == "cpu"
    with pytest.raises(ConfigError, match="Allowed: auto, cpu, cuda"):
        choose_device("gpu")
