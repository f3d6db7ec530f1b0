import numpy as np
import pytest

from merflow.artefacts import LazyRows
from merflow.errors import ConfigError
from merflow.training.points import are_points, thin_points, thinned_shape

X = np.arange(2 * 8 * 8 * 6, dtype=np.float32).reshape(2, 8, 8, 6)
OTHERS = {
    "flow": (128,), "a graph": (3, 14, 4), "a picture": (224, 224, 3), "a flow image": (28, 28, 3),
    "a sequence": (16, 224, 224, 3),
}  # fmt: skip


def test_points_are_thinned_evenly():
    np.testing.assert_array_equal(thin_points(X, 4), X[:, :, [0, 2, 4, 6]])
    assert thin_points(X, 0) is X
    with pytest.raises(ConfigError, match="expected a divisor of the 8 points"):
        thin_points(X, 3)


def test_points_that_stay_in_their_file_are_thinned_too():
    rows = LazyRows(X.shape, np.dtype(np.uint8), lambda row: X[row].astype(np.uint8))
    np.testing.assert_array_equal(thin_points(rows, 4), X.astype(np.uint8)[:, :, ::2])


@pytest.mark.parametrize("points", [1, 2, 4, 8])
def test_the_shape_of_one_is_that_of_all(points):
    assert are_points((8, 8, 6))
    assert thinned_shape([8, 8, 6], points) == thin_points(X, points).shape[1:] == (8, points, 6)


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("points", [1, 7, 56])
def test_nothing_else_is_thinned(kind, points):
    shape = OTHERS[kind]
    assert not are_points(shape)
    assert thinned_shape(shape, 0) == shape
    message = r"training.train_points: expected examples of shape \(8, points, 6\), as of the artefact 'regions', but"
    with pytest.raises(ConfigError, match=message):
        thinned_shape(shape, points)
    for x in (np.zeros((1, *shape), dtype=np.uint8), LazyRows((1, *shape), np.dtype(np.uint8), np.zeros)):
        assert thin_points(x, 0) is x
        with pytest.raises(ConfigError, match=message):
            thin_points(x, points)
