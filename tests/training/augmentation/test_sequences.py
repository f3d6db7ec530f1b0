import numpy as np
import torch

from merflow.seeds import clip_generator
from merflow.training.augmentation.alteration import Draw, alteration
from merflow.training.augmentation.sequences import augment_sequences

NAMES = np.array([f"s1_a_{n}" for n in range(5)])


def sequences(count=5, frames=4, side=12, seed=0):
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.integers(60, 180, size=(count, frames, side, side, 3)).astype(np.uint8))


def altered(batch, rows, *, seed=3, epoch=2):
    draw = Draw(torch.Generator(), seed=seed, names=NAMES, epoch=epoch)
    return alteration(batch.shape[1:], image_augmentation=True)(batch, draw, torch.tensor(rows))


def test_another_order_gives_the_same_examples_clip_by_clip():
    batch, order = sequences(), [3, 0, 4, 2, 1]
    straight, shuffled = altered(batch, list(range(5))), altered(batch[order], order)
    torch.testing.assert_close(shuffled, straight[order], rtol=0, atol=0)


def test_another_epoch_and_another_seed_draw_anew():
    batch, rows = sequences(), list(range(5))
    first = altered(batch, rows)
    assert not torch.equal(first, altered(batch, rows, epoch=3))
    assert not torch.equal(first, altered(batch, rows, seed=4))


def test_all_frames_are_altered_alike_so_that_a_still_clip_stays_still():
    still = sequences(frames=1).expand(-1, 4, -1, -1, -1)
    moved = altered(still, list(range(5)))
    assert not torch.equal(moved[:, 0], still[:, 0].float())
    assert (moved - moved[:, :1]).abs().max() == 0


def test_a_sum_of_motions_is_altered_as_the_sum():
    """Crop and colours are affine in the grey levels, so that differences to the onset scale with the motion."""
    base = sequences(count=1, frames=1).expand(-1, 3, -1, -1, -1).float().clone()
    change = torch.zeros_like(base)
    change[:, 1, 4:8, 4:8] = 5.0
    change[:, 2] = 2 * change[:, 1]
    moved = augment_sequences(base + change, [clip_generator("x", 0)])
    difference = moved[0] - moved[0, :1]
    torch.testing.assert_close(difference[2], 2 * difference[1], rtol=1e-3, atol=2e-3)
    assert difference[1].max() > 2


def test_grey_levels_stay_in_range_and_the_shape_stays():
    batch = torch.full((2, 3, 8, 8, 3), 255, dtype=torch.uint8)
    found = augment_sequences(batch, [clip_generator(str(n), 0) for n in range(2)])
    assert found.shape == batch.shape
    assert found.dtype == torch.float32
    assert 0 <= found.min() <= found.max() <= 255
