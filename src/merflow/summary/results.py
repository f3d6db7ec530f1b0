"""One experiment on one dataset: what the configuration says of it, and what it scored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from merflow import paths
from merflow.datasets.clip_table import read_exclusions
from merflow.datasets.members import split_name
from merflow.datasets.spelling import spelling_key
from merflow.evaluation.metrics_table import read_metrics
from merflow.evaluation.predictions import read_collected
from merflow.evaluation.rows import MetricRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One experiment on one dataset.

    Parameters
    ----------
    dataset, experiment, description, model, artefact : str
        As in the configuration.
    is_baseline : bool
        Whether it is a baseline and no network.
    bootstrap : int
        Resamplings of the subjects.
    question : mapping
        Labels, expressions and protocol: two experiments with the same ones can be compared.
    embedded : bool
        Whether the subjects are synthetic.
    members : tuple of str
        Of a composite.
    same_people : tuple of str
        Other datasets that show people of this one, or may.
    told_by_name : tuple of str
        The dataset itself, or members of it, whose subjects are those of another such dataset that have their names.
    at_hand : bool
        Whether its recordings are here, so that the workflow would have made it again if it were out of date.
    published : tuple of mapping
        Planned rows of published tables that it is.
    has_page : bool
        Whether ``metrics.html`` lies beside its metrics.
    metrics : tuple of MetricRow
    predictions : DataFrame
        As from ``read_collected``.
    left_out : int
        Clips that no fold has.
    """

    dataset: str
    experiment: str
    description: str
    model: str
    artefact: str
    is_baseline: bool
    bootstrap: int
    question: Mapping[str, Any]
    embedded: bool
    members: tuple[str, ...]
    at_hand: bool
    published: tuple[Mapping[str, Any], ...]
    has_page: bool
    metrics: tuple[MetricRow, ...]
    predictions: pd.DataFrame
    left_out: int
    same_people: tuple[str, ...] = ()
    told_by_name: tuple[str, ...] = ()

    @property
    def labels(self) -> str:
        """Label set."""
        return str(self.question["labels"])

    @property
    def protocol(self) -> str:
        """Name of the protocol."""
        return str(self.question["protocol"]["name"])

    @property
    def leaks(self) -> bool:
        """Whether clips of tested subjects train, of whatever expression; the name of the protocol may not say it."""
        protocol = self.question["protocol"]
        return protocol["name"] == "kfold_random_leaky" or bool(protocol.get("keep_test_subject_macro"))

    @property
    def named_people(self) -> frozenset[str]:
        """Subjects whom a name tells, as all spellings of it have it."""
        parts = [split_name(name) if self.members else (self.dataset, name) for name in self.predictions["subject"]]
        return frozenset(spelling_key(name) for part, name in parts if part in self.told_by_name)

    @property
    def asked(self) -> str:
        """The question as one text, to compare it with others."""
        return json.dumps(self.question, sort_keys=True)


def read_result(facts: Mapping[str, Any]) -> Result:
    """Read what an experiment scored.

    Parameters
    ----------
    facts : mapping
        As :func:`merflow.plan.facts_of_summary` gives them.

    Raises
    ------
    ArtefactError
        When a file is missing or not as merflow writes it.
    """
    where = {
        name: Path(paths.experiment(facts["dataset"], facts["experiment"], f"{name}.csv"))
        for name in ("metrics", "predictions", "exclusions")
    }
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    return Result(
        **plain,
        metrics=read_metrics(where["metrics"]),
        predictions=read_collected(where["predictions"]),
        left_out=len({row["clip"] for row in read_exclusions(where["exclusions"])}),
    )
