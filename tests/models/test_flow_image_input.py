import pytest
import torch

from merflow.errors import ConfigError
from merflow.models.flow_image_input import channels_first
from merflow.models.registry import build_model


def test_rows_stay_rows_and_nothing_is_moved():
    x = torch.rand(2, 28, 28, 3)
    turned = channels_first(x)
    assert turned[1, 2, 5, 7] == x[1, 5, 7, 2]
    assert turned.data_ptr() == x.data_ptr()
    assert turned.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("model", ["ststnet", "off_apexnet"])
@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 2), (3, 28, 28), (32, 32, 3), (28, 28, 3, 1)])
def test_examples_that_are_no_flow_images_are_refused(model, shape):
    text = rf"{model}: expected examples of shape \(28, 28, 3: u, v, strain\), but found .* 'flow_images' of size_px 28"
    with pytest.raises(ConfigError, match=text):
        build_model(model, {}, shape, 3)


@pytest.mark.parametrize("model", ["ststnet", "off_apexnet"])
def test_flow_images_are_read(model):
    net = build_model(model, {}, [28, 28, 3], 4).eval()
    assert net(torch.rand(2, 28, 28, 3)).shape == (2, 4)
