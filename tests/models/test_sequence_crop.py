import torch

from merflow.models.sequence_crop import SequenceCrop


def clips(count=64):
    """Each pixel tells its row and column, each frame its number."""
    frame, y, x = torch.meshgrid(torch.arange(3), torch.arange(9), torch.arange(10), indexing="ij")
    return torch.stack([frame, y, x], -1).to(torch.uint8).expand(count, -1, -1, -1, -1)


def test_a_test_clip_is_its_middle():
    found = SequenceCrop(4, flip=True).eval()(clips(2))
    assert found.shape == (2, 3, 4, 4, 3)
    assert found[0, 1, 0, 0].tolist() == [1, 2, 3]
    assert torch.equal(found[0], clips(2)[0, :, 2:6, 3:7])


def test_a_training_clip_is_a_square_somewhere_the_same_in_all_frames():
    torch.manual_seed(0)
    found = SequenceCrop(4, flip=False)(clips())
    tops, lefts = found[:, 0, 0, 0, 1], found[:, 0, 0, 0, 2]
    assert set(tops.tolist()) == set(range(6))  # 9 - 4 places and one more
    assert set(lefts.tolist()) == set(range(7))
    for clip, top, left in zip(found, tops.tolist(), lefts.tolist(), strict=True):
        assert torch.equal(clip, clips(1)[0, :, top : top + 4, left : left + 4])


def test_half_of_the_training_clips_are_mirrored():
    torch.manual_seed(0)
    found = SequenceCrop(4, flip=True)(clips())
    rises = found[:, 0, 0, 1, 2].int() - found[:, 0, 0, 0, 2].int()
    assert set(rises.tolist()) == {-1, 1}
    assert 16 < (rises == -1).sum() < 48
    assert torch.equal(found[:, :, :, 0, 1], found[:, :, :, 3, 1])  # rows stay


def test_the_seed_decides():
    found = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        found.append(SequenceCrop(4, flip=True)(clips()))
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


def test_a_whole_frame_is_left_alone():
    square = clips()[:, :, :, :9]
    assert torch.equal(SequenceCrop(9, flip=False)(square), square)
