"""The learned method: what it does without weights, and that it hands the network the steady frame."""

import numpy as np
import pytest
import torch

from merflow.errors import MerflowError
from merflow.models.magnifier import ARCHITECTURE, MotionMagnifier
from merflow.stages.magnified import learned as module
from merflow.stages.magnified.learned import SHIPPED_WEIGHTS
from merflow.stages.magnified.methods import magnify_float
from merflow.stages.magnified.settings import MagnificationSettings
from merflow.stages.magnified.steady import FramePair, steady_frame

HEAD = np.array([[0.0, 0.0, 0.4], [0.0, 0.0, -0.6]])


class Extrapolation(torch.nn.Module):
    """A network whose answer is known: onset plus factor times the difference."""

    def forward(self, onset, frame, factor):
        return onset + factor * (frame - onset)


def test_without_weights_those_that_come_with_merflow_are_used(picture, eight_bit):
    onset, frame = eight_bit(picture(0, 0)), eight_bit(picture(0.5, 0))
    ours = magnify_float(onset, frame, MagnificationSettings(method="learned"))
    named = MagnificationSettings(method="learned", weights=str(SHIPPED_WEIGHTS))
    np.testing.assert_array_equal(ours, magnify_float(onset, frame, named))
    assert np.abs(ours - frame).max() > 1


def test_weights_that_are_not_there(picture, eight_bit, tmp_path):
    frame = eight_bit(picture(0, 0))
    settings = MagnificationSettings(method="learned", weights=str(tmp_path / "none.pt"))
    with pytest.raises(MerflowError, match=r"none\.pt"):
        magnify_float(frame, frame, settings)


def test_the_network_sees_grey_levels_of_the_steady_frame(picture, eight_bit, monkeypatch):
    monkeypatch.setattr(module, "_network", lambda path, changed_ns: Extrapolation())
    onset, frame = eight_bit(picture(0, 0)), eight_bit(picture(0.8, 0.3))
    before = torch.get_num_threads()
    out = magnify_float(
        onset, frame, MagnificationSettings(method="learned", weights="some.pt", factor=2.0), head_motion=HEAD
    )
    expected = 2 * steady_frame(FramePair(onset, frame, HEAD)) - onset.astype(np.float32)
    np.testing.assert_allclose(out, expected, atol=1e-3)
    assert out.dtype == np.float32
    assert torch.get_num_threads() == before


def test_weights_written_anew_are_loaded_anew(tmp_path, monkeypatch):
    loaded = []
    monkeypatch.setattr("merflow.models.magnifier.load_magnifier", lambda path: loaded.append(path) or Extrapolation())
    module._network.cache_clear()
    path = str(tmp_path / "weights.pt")
    assert module._network(path, 1) is module._network(path, 1)
    assert module._network(path, 2) is not None
    module._network.cache_clear()
    assert len(loaded) == 2


def test_weights_of_a_real_network_leave_a_still_frame_as_it_is(picture, eight_bit, tmp_path):
    net = MotionMagnifier(features=6, products=4, width=4, filters=2)
    path = tmp_path / "weights.pt"
    torch.save({"state_dict": net.state_dict(), "config": {"model": ARCHITECTURE, "model_params": net.params}}, path)
    onset = eight_bit(picture(0, 0))
    settings = MagnificationSettings(method="learned", weights=str(path))
    np.testing.assert_allclose(magnify_float(onset, onset, settings), onset, atol=0.01)


def test_weights_of_another_architecture_are_refused(picture, eight_bit, tmp_path):
    path = tmp_path / "weights.pt"
    torch.save({"state_dict": {}, "config": {"model": "lite_point_gcn", "model_params": {}}}, path)
    onset = eight_bit(picture(0, 0))
    with pytest.raises(MerflowError, match=r"expected weights of the architecture .* found 'lite_point_gcn'"):
        magnify_float(onset, onset, MagnificationSettings(method="learned", weights=str(path)))
