"""The learned magnifier's structure: what it guarantees before any training, and which weights it takes."""

import pickle
import re

import pytest
import torch

from merflow.errors import ArtefactError
from merflow.models.magnifier import ARCHITECTURE, MotionMagnifier, load_magnifier
from merflow.models.magnifier_layers import Decoder, normalise_locally

TINY = {"features": 6, "products": 4, "width": 4, "filters": 3, "filter_size": 5, "steps": 2}


@pytest.fixture
def net():
    torch.manual_seed(0)
    return MotionMagnifier(**TINY).eval()


def pictures(side=32):
    return torch.rand(2, 1, 3, side, side, generator=torch.Generator().manual_seed(1)) * 255


def test_what_did_not_move_stays_as_it_is(net):
    onset, _ = pictures()
    assert torch.equal(net(onset, onset, 3.0), onset)


def test_factor_one_gives_the_frame(net):
    onset, frame = pictures()
    assert torch.equal(net(onset, frame, 1.0), frame)
    assert not torch.equal(net(onset, frame, 2.0), frame)


def test_the_opposite_motion_has_the_opposite_code(net):
    a, b = (net.encoder(picture) for picture in pictures())
    there, back = net.manipulator(a, b), net.manipulator(b, a)
    assert there.abs().max() > 0
    torch.testing.assert_close(there, -back)


def test_a_motion_along_y_is_one_along_x_of_the_turned_picture():
    """The starting filters see both axes alike, so turning the pictures turns the first evidence."""
    net = MotionMagnifier(**TINY)
    a, b = pictures()
    evidence = net.manipulator.evidence[0]
    turned = [net.encoder(picture.mT)[0][:, :6] for picture in (a, b)]
    upright = [net.encoder(picture)[0][:, :6] for picture in (a, b)]
    x_of_turned, y = (evidence(*pair)[0] for pair in (turned, upright))
    torch.testing.assert_close(x_of_turned[:, 0], y[:, 1].mT, atol=1e-5, rtol=1e-4)


def test_a_batch_may_have_a_factor_each(net):
    onset, frame = pictures()
    both = net(onset.repeat(2, 1, 1, 1), frame.repeat(2, 1, 1, 1), torch.tensor([2.0, 4.0]))
    torch.testing.assert_close(both[0], net(onset, frame, 2.0)[0])
    torch.testing.assert_close(both[1], net(onset, frame, 4.0)[0])


@pytest.mark.parametrize(("height", "width"), [(32, 40), (37, 30)])
def test_any_size_is_kept(net, height, width):
    onset, frame = (picture[..., :height, :width] for picture in pictures(40))
    assert net(onset, frame, 3.0).shape == (1, 3, height, width)


def test_the_shape_does_not_know_brightness_nor_much_of_contrast():
    picture, _ = pictures()
    grey = picture[:, :1]
    plain = normalise_locally(grey)
    torch.testing.assert_close(normalise_locally(grey + 20), plain, atol=1e-4, rtol=0)
    assert (normalise_locally(grey * 1.1) - plain).abs().max() < 0.01 * plain.abs().max()


def test_the_decoder_starts_as_the_first_order_shift():
    """On a plane, the picture moved by (u, v) is the picture less u and v times its slopes, in any number of steps."""
    decoder = Decoder(2, 2, 7, 4)
    decoder.linear.weight.data = torch.eye(2)[:, :, None, None]
    decoder.curved.weight.data.zero_()
    y, x = torch.meshgrid(torch.arange(40.0), torch.arange(40.0), indexing="ij")
    plane = (3 * x - 2 * y + 50).expand(1, 3, 40, 40)
    code = torch.tensor([1.5, -0.5])[None, :, None, None].expand(1, 2, 20, 20)
    moved = 3 * (x - 1.5) - 2 * (y + 0.5) + 50
    inner = slice(14, -14)  # the filters replicate the border, step after step
    torch.testing.assert_close(decoder(plane, code)[0, 0, inner, inner], moved[inner, inner], atol=1e-3, rtol=0)


def save(path, net, **changes):
    config = {"model": ARCHITECTURE, "model_params": net.params} | changes
    torch.save({"state_dict": net.state_dict(), "config": config}, path)
    return path


def test_weights_come_back(tmp_path, net):
    again = load_magnifier(save(tmp_path / "w.pt", net))
    onset, frame = pictures()
    assert not again.training
    assert torch.equal(again(onset, frame, 3.0), net(onset, frame, 3.0))


def test_loading_draws_no_random_numbers(tmp_path, net):
    path = save(tmp_path / "w.pt", net)
    before = torch.get_rng_state()
    load_magnifier(path)
    assert torch.equal(torch.get_rng_state(), before)


def other_architecture(path, net):
    save(path, net, model="lite_point_gcn")


def other_tensors(path, net):
    save(path, net, model_params={**TINY, "width": 6})


def unknown_parameter(path, net):
    save(path, net, model_params={"depth": 3})


def another_dict(path, net):
    torch.save({"weights": torch.zeros(3)}, path)


def a_whole_object(path, net):
    torch.save(net, path)


def text(path, net):
    path.write_text("not weights")


def pickled(path, net):
    path.write_bytes(pickle.dumps({"a": 1}))


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (other_architecture, "expected weights of the architecture 'motion_magnifier_1', but found 'lite_point_gcn'"),
        (other_tensors, "but found others:"),
        (unknown_parameter, "but found others:"),
        (another_dict, "but found weights"),
        (a_whole_object, "no tensors and plain values alone"),
        (text, "cut off, or of another kind"),
        (pickled, "cut off, or of another kind"),
        (lambda path, net: None, "no file"),
    ],
)
def test_other_files_are_refused(tmp_path, net, make, found):
    path = tmp_path / "w.pt"
    make(path, net)
    with pytest.raises(ArtefactError, match=re.escape(found)) as error:
        load_magnifier(path)
    assert str(path) in str(error.value)
