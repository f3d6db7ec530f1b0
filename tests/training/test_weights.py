import numpy as np
from sklearn.utils.class_weight import compute_class_weight

from merflow.training.weights import class_weights


def test_balanced_weights_are_those_of_sklearn():
    labels = np.array([0, 0, 0, 1, 2, 2])
    expected = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    np.testing.assert_allclose(class_weights(labels, 3), expected, rtol=1e-6)


def test_absent_class_weighs_nothing():
    np.testing.assert_allclose(class_weights(np.array([0, 0, 0, 2]), 3), [4 / 6, 0, 2], rtol=1e-6)
