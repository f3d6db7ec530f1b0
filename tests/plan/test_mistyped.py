"""A target that no rule makes is told with the nearest name that one makes."""

import logging

import pytest

from merflow.plan.mistyped import NearestResult, nearest_result

PATTERNS = (
    "results/{dataset}/clips.csv",
    "results/{dataset}/{experiment}/metrics.csv",
    "results/{dataset}/{experiment}/predictions.csv",
    "results/{dataset}/{experiment}/folds/{fold}/predictions.csv",
    "results/{dataset}/compare/{first}-vs-{second}.csv",
    "results/{unknown_dataset}/{anything}",
)


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("results/demo/ststnet/metric.csv", " Did you mean 'metrics.csv'?"),
        ("results/demo/ststnet/fold/s1/predictions.csv", " Did you mean 'folds'?"),
        ("results/demo/compair/a-vs-b.csv", " Did you mean 'compare'?"),
        ("results/demo/clip.csv", " Did you mean 'clips.csv'?"),
        ("results/demo/ststnet/xyz", ""),
        ("results/demo/ststnet/fold/s1/prediction.csv", ""),  # two names
        ("results/demo/ststnet/folds/s1/fold/predictions.csv", ""),
    ],
)
def test_the_nearest_name_is_told(target, hint):
    assert nearest_result(target, PATTERNS) == hint


@pytest.fixture
def heard():
    """Return a function that logs a message as Snakemake does, and returns what its handlers get."""
    log, asked = logging.Logger("snakemake"), []
    log.addFilter(NearestResult(lambda: asked.append(1) or PATTERNS))

    def hear(message, **extra):
        got = []
        handler = logging.Handler()
        handler.emit = lambda record: got.append(record.getMessage())
        log.handlers = [handler]
        log.error(message, extra=extra)
        return got, len(asked)

    return hear


def test_a_refusal_of_snakemake_gets_the_hint(heard):
    text = "MissingRuleException:\nNo rule to produce results/demo/ststnet/metric.csv (if you use input functions ...)."
    assert heard(text, exception="MissingRuleException") == ([f"{text} Did you mean 'metrics.csv'?"], 1)


@pytest.mark.parametrize("extra", [{}, {"exception": "WorkflowError"}])
def test_the_rules_are_asked_of_no_other_message(heard, extra):
    text = "No rule to produce results/demo/ststnet/metric.csv"
    assert heard(text, **extra) == ([text], 0)
