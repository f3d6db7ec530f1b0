"""TV-L1 of a batch by torch: the kernel's numbers, pair by pair."""

import numpy as np
import pytest
import torch
from tests.stages.flow.tvl1.pictures import moved_pair, smooth_motion

from merflow.stages.flow.tvl1.method import tvl1_flow
from merflow.stages.flow.tvl1.settings import TvL1Settings
from merflow.stages.flow.tvl1.torch_batch import tvl1_batch

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU"))]


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (5, 3), (33, 70), (96, 90)])
def test_a_batch_has_the_numbers_of_the_kernel(shape, device):
    pairs = np.stack([moved_pair(smooth_motion(shape, size), seed) for seed, size in enumerate((0.5, 1.0, 2.0))])
    found = tvl1_batch(torch.from_numpy(pairs).to(device))
    assert found.shape == (3, 2, *shape)
    assert found.dtype == torch.float32
    expected = np.stack([tvl1_flow(*pair, TvL1Settings()) for pair in pairs])
    np.testing.assert_allclose(found.cpu().numpy(), expected, atol=1e-3)


def test_settings_are_those_of_the_kernel():
    settings = TvL1Settings(tau=0.2, data_weight=0.05, theta=0.3, scales=2, warps=2, iterations=7)
    pair = np.stack(moved_pair(smooth_motion((64, 50))))
    found = tvl1_batch(torch.from_numpy(pair)[None], settings)[0].numpy()
    np.testing.assert_allclose(found, tvl1_flow(*pair, settings), atol=1e-3)


def test_the_other_pairs_of_a_batch_change_nothing():
    pairs = torch.from_numpy(np.stack([moved_pair(smooth_motion((40, 44)), seed) for seed in range(3)]))
    torch.testing.assert_close(tvl1_batch(pairs)[1:2], tvl1_batch(pairs[1:2]), atol=1e-4, rtol=0)


@pytest.mark.parametrize("shape", [(2, 8, 8), (1, 3, 8, 8), (0, 2, 8, 8)])
def test_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"shape \(N, 2, H, W\)"):
        tvl1_batch(torch.zeros(shape))
