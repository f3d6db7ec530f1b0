import numpy as np
import pytest
import torch
from torch import nn

from merflow.artefacts import LazyRows
from merflow.errors import ConfigError
from merflow.training.layer_features import input_features, layer_features
from merflow.training.trained import load_trained


def test_input_and_every_layer_one_row_a_clip(gts_gn_weights, graph_examples):
    model = load_trained(gts_gn_weights[0]).network
    features = layer_features(model, graph_examples.x)
    assert [layer.shape for layer in features] == [(12, 60), (12, 20), (12, 20), (12, 30)]
    with torch.inference_mode():
        logits = model.classify.linear(torch.from_numpy(features[-1]))
        expected = model(torch.from_numpy(graph_examples.x))
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-6)  # the last is what the scores are computed from


def test_a_clips_features_do_not_depend_on_the_others(gts_gn_weights, graph_examples):
    model = load_trained(gts_gn_weights[0]).network
    many = np.tile(graph_examples.x, (6, 1, 1, 1))  # more than one batch
    for alone, among in zip(layer_features(model, graph_examples.x)[1:], layer_features(model, many)[1:], strict=True):
        np.testing.assert_allclose(np.tile(alone, (6, 1)), among, rtol=1e-4, atol=1e-5)


def test_rows_that_stay_in_their_file_are_read_a_batch_at_a_time():
    x, asked = np.arange(70 * 3, dtype=np.int64).reshape(70, 3), []

    class Doubles(nn.Module):
        def layer_features(self, batch):
            asked.append(len(batch))
            return [2 * batch]

    rows = LazyRows(x.shape, x.dtype, lambda row: x[row])
    first, second = layer_features(Doubles(), rows)
    assert asked == [64, 6]
    np.testing.assert_array_equal(first, input_features(x))
    np.testing.assert_array_equal(second, 2 * x)


def test_input_channels_are_normalised_one_by_one():
    x = np.random.default_rng(0).normal((3.0, -5.0), (0.01, 40.0), (7, 3, 4, 2)).astype(np.float32)
    scaled = input_features(x).reshape(x.shape)
    np.testing.assert_allclose(scaled.mean(axis=(0, 1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(scaled.std(axis=(0, 1, 2)), 1, rtol=1e-4)


def test_pictures_and_channels_without_any_difference():
    pictures = np.random.default_rng(0).integers(0, 256, (4, 5, 5, 3), dtype=np.uint8)
    pictures[..., 1] = 7
    scaled = input_features(pictures)
    assert scaled.shape == (4, 75)
    assert not scaled.reshape(4, 5, 5, 3)[..., 1].any()


def test_network_that_hides_its_layers():
    with pytest.raises(ConfigError, match="but Flatten does not"):
        layer_features(nn.Flatten(), np.zeros((2, 3), dtype=np.float32))
