import numpy as np
import pytest
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, StandardScaler
from sklearn.svm import SVC

from merflow.errors import ConfigError
from merflow.training.baselines import BASELINES, fit_score
from merflow.training.scores import gives_shares


def score(name, params=None, labels=(0, 0, 0, 1, 1, 1), classes=2):
    rng = np.random.default_rng(0)
    labels = np.array(labels)
    x = (rng.normal(size=(len(labels), 4)) + 5 * labels[:, None]).astype(np.float32)
    return fit_score(name, params or {}, x_train=x, labels=labels, x_test=x, classes=classes)


def test_majority_scores_are_class_shares():
    scored = score("majority", labels=(0, 1, 1, 1), classes=3)
    np.testing.assert_allclose(scored.scores, [[0.25, 0.75, 0]] * 4)
    assert scored.train_accuracy == 0.75


@pytest.mark.parametrize(("labels", "classes"), [((0, 0, 1, 1), 2), ((0, 0, 1, 1, 2, 2), 3), ((0, 0, 2, 2), 3)])
def test_svm_separates_what_is_separable(labels, classes):
    scored = score("flow_svm", labels=labels, classes=classes)
    assert scored.scores.shape == (len(labels), classes)
    assert np.nanargmax(scored.scores, axis=1).tolist() == list(labels)
    absent = sorted(set(range(classes)) - set(labels))
    assert np.isnan(scored.scores[:, absent]).all()


def noisy(classes, seed, n=90):
    """Training and test clips whose classes overlap, so that votes are tied in both."""
    rng = np.random.default_rng(seed)
    labels, centres = rng.permutation(np.arange(n) % classes), 0.3 * rng.normal(size=(classes, 5))
    return labels, *((rng.normal(size=(n, 5)) + centres[labels]).astype(np.float32) for _ in range(2))


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_svm_predicts_as_scikit_learn_does_and_counts_training_clips_alike(classes):
    """The class of the largest score is that of SVC.predict with ties broken by confidence, on clips of any kind."""
    tied = 0
    for seed in range(5):
        labels, train, test = noisy(classes, seed)
        reference = make_pipeline(StandardScaler(), SVC(kernel="linear", class_weight="balanced", break_ties=True))
        reference.fit(train.astype(np.float64), labels)
        scored = fit_score("flow_svm", {}, x_train=train, labels=labels, x_test=test, classes=classes)
        predicted = np.nanargmax(scored.scores, axis=1)
        np.testing.assert_array_equal(predicted, reference.predict(test.astype(np.float64)))
        again = fit_score("flow_svm", {}, x_train=train, labels=labels, x_test=train, classes=classes)
        assert (np.nanargmax(again.scores, axis=1) == labels).mean() == again.train_accuracy == scored.train_accuracy
        by_order = reference.set_params(svc__break_ties=False).predict(test.astype(np.float64))
        tied += np.count_nonzero(by_order != predicted)
    assert (tied > 0) == (classes > 2)


@pytest.mark.parametrize("classes", [2, 3])
def test_svm_that_knows_nothing_says_what_scikit_learn_says(classes):
    x, labels = np.zeros((12, 4), dtype=np.float32), np.arange(12) % classes
    scored = fit_score("flow_svm", {}, x_train=x, labels=labels, x_test=x, classes=classes)
    reference = SVC(kernel="linear", class_weight="balanced", break_ties=True).fit(x, labels)
    np.testing.assert_array_equal(np.argmax(scored.scores, axis=1), reference.predict(x))
    assert scored.train_accuracy == 1 / classes


def test_unknown_parameters_and_single_class_are_refused():
    with pytest.raises(ConfigError, match=r"unknown parameter 'c'\. Known: C"):
        score("flow_svm", {"c": 1})
    with pytest.raises(ConfigError, match="at least two classes"):
        score("flow_svm", labels=(0, 0, 0))


def test_landmark_svm_reads_x_and_y_only():
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 6)
    x = rng.normal(size=(12, 3, 5, 4)).astype(np.float32)
    x[..., 0] += 3 * labels[:, None, None]
    scored = fit_score("landmark_svm", {}, x_train=x, labels=labels, x_test=x, classes=2)
    assert scored.state["coef"].shape == (1, 3 * 5 * 2)
    assert np.argmax(scored.scores, axis=1).tolist() == labels.tolist()
    np.testing.assert_array_equal(
        fit_score("flow_svm", {}, x_train=x[..., :2], labels=labels, x_test=x[..., :2], classes=2).scores, scored.scores
    )


def test_landmark_svm_refuses_what_is_no_landmark():
    with pytest.raises(ConfigError, match=r"expected examples of shape \(frames, nodes, 4\), but found \(4,\)"):
        score("landmark_svm")


def histograms(classes, seed, n=60):
    """Training and test histograms (n, 2, 2, 5) whose classes overlap; one column is always empty."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % classes)
    shares = 1 + rng.random((classes, 2, 2, 5))
    counts = [rng.poisson(20 * shares[labels]).astype(np.float32) for _ in range(2)]
    for x in counts:
        x[..., -1, -1] = 0
    return labels, *counts


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize(("scaling", "scaler"), [("maximum", MaxAbsScaler), ("standard", StandardScaler)])
@pytest.mark.parametrize("class_weights", [False, True])
def test_histogram_svm_is_one_machine_for_each_class_against_the_rest(classes, scaling, scaler, class_weights):
    """Against scikit-learn, which fits each machine on the columns themselves."""
    weight = "balanced" if class_weights else None
    params = {"C": 10.0, "scaling": scaling, "class_weights": class_weights}
    for seed in range(3):
        labels, train, test = histograms(classes, seed)
        flat = [x.reshape(len(x), -1).astype(np.float64) for x in (train, test)]
        reference = make_pipeline(scaler(), OneVsRestClassifier(SVC(kernel="linear", C=10.0, class_weight=weight)))
        reference.fit(flat[0], labels)
        scored = fit_score("histogram_svm", params, x_train=train, labels=labels, x_test=test, classes=classes)
        assert scored.scores.shape == (len(test), classes)
        np.testing.assert_array_equal(np.argmax(scored.scores, axis=1), reference.predict(flat[1]))
        assert scored.train_accuracy == reference.score(flat[0], labels)
        if classes > 2:
            np.testing.assert_allclose(scored.scores, reference.decision_function(flat[1]), atol=1e-3)
        state = scored.state
        again = (flat[1] - state["mean"]) / state["scale"] @ state["coef"].T + state["intercept"]
        np.testing.assert_allclose(again, scored.scores)


def test_histogram_svm_leaves_a_class_that_is_not_there_without_a_score():
    labels, train, test = histograms(2, 0)
    scored = fit_score("histogram_svm", {}, x_train=train, labels=2 * labels, x_test=test, classes=3)
    assert np.isnan(scored.scores[:, 1]).all()
    np.testing.assert_array_equal(scored.scores[:, 0], -scored.scores[:, 2])


def test_histogram_svm_refuses_what_it_cannot_do():
    with pytest.raises(ConfigError, match="histogram_svm: expected a training fold of at least two classes"):
        score("histogram_svm", labels=(0, 0, 0))
    with pytest.raises(ConfigError, match=r"histogram_svm\.scaling: expected one of maximum, standard"):
        score("histogram_svm", {"scaling": "none"})


@pytest.mark.parametrize("name", BASELINES)
def test_what_is_said_of_the_scores_of_a_baseline_is_what_they_are(name):
    """Those who read the predictions refuse scores that are no shares where shares are expected."""
    x = np.random.default_rng(0).random((12, 3, 5, 4)).astype(np.float32)
    scored = fit_score(name, {}, x_train=x, labels=np.arange(12) % 3, x_test=x, classes=3)
    shares = scored.scores.min() >= 0 and np.allclose(scored.scores.sum(axis=1), 1)
    assert shares == gives_shares(name)
