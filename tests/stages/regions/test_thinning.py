import numpy as np
import pytest

from merflow.errors import ConfigError
from merflow.stages.regions.thinning import are_points, thin_points

X = np.arange(8 * 8 * 6, dtype=np.float32).reshape(8, 8, 6)
OTHERS = {
    "flow": (128,), "a graph": (3, 14, 4), "a picture": (224, 224, 3), "a flow image": (28, 28, 3),
    "a sequence": (16, 224, 224, 3),
}  # fmt: skip


def test_points_are_thinned_evenly():
    assert are_points(X.shape)
    np.testing.assert_array_equal(thin_points(X, 4), X[:, [0, 2, 4, 6]])
    np.testing.assert_array_equal(thin_points(X, 1), X[:, :1])
    assert thin_points(X, 0) is X
    with pytest.raises(ConfigError, match="expected a divisor of the 8 points"):
        thin_points(X, 3)


def test_points_without_dz_are_thinned_too():
    assert are_points(X[..., :5].shape)
    assert not are_points(X[..., :4].shape)
    np.testing.assert_array_equal(thin_points(X[..., :5], 4), X[:, [0, 2, 4, 6], :5])


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("points", [1, 7, 56])
def test_nothing_else_is_thinned(kind, points):
    x = np.zeros(OTHERS[kind], dtype=np.float32)
    assert not are_points(x.shape)
    assert thin_points(x, 0) is x
    message = (
        r"training.train_points: expected examples of shape \(8, points, 5 or 6\), as of the artefact 'regions', but"
    )
    with pytest.raises(ConfigError, match=message):
        thin_points(x, points)
