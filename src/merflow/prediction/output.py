"""Predictions as text for a terminal, as JSON and as CSV; each says by what they were made."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from merflow.counts import count
from merflow.errors import ConfigError
from merflow.evaluation.metrics import HEADLINE, LABEL_HEADLINE
from merflow.evaluation.metrics_text import score_text
from merflow.evaluation.rows import MetricRow, Scope
from merflow.files import atomic_path
from merflow.prediction.answers import Prediction
from merflow.prediction.model_file import Model
from merflow.version import VERSION

SUFFIXES = (".csv", ".json")
"""Of the files that predictions are written into."""

ROLES = ("onset", "apex", "offset")
_UNFIT = "Not for inferring emotions of people at work or in education: Regulation (EU) 2024/1689, article 5(1)(f)."


def check_out(path: Path) -> None:
    """Refuse a file of another kind than predictions are written as, before they are made."""
    if path.suffix not in SUFFIXES:
        raise ConfigError(f"--out: expected a file {' or '.join(SUFFIXES)}, but found {path}. Change its name.")


def write_predictions(predictions: Sequence[Prediction], model: Model, path: Path) -> None:
    """Write predictions as the suffix of the file says: JSON with all that is known, or CSV with one row a clip."""
    text = as_json(predictions, model) if path.suffix == ".json" else as_csv(predictions, model)
    with atomic_path(path) as partial:
        partial.write_text(text, encoding="utf-8")


def as_text(predictions: Sequence[Prediction], model: Model) -> str:
    """Return predictions for a person, and how far the model was right on others."""
    lines = [line for one in predictions for line in _lines(one)]
    return "\n".join([*lines, "", *_about(model), _UNFIT])


def _lines(one: Prediction) -> Iterator[str]:
    frames = ", ".join(f"{role} {number}" for role, number in zip(ROLES, one.frames, strict=True) if number >= 0)
    yield f"{one.recording or one.clip}{f' ({frames})' if frames else ''}"
    if one.problem:
        yield f"  no prediction: {one.problem}"
    else:
        answer = one.answer
        of = "network" if len(answer.by_seed) == 1 else f"{len(answer.by_seed)} networks, mean"
        scores = ", ".join(f"{name} {score:.3f}" for name, score in answer.scores.items())
        yield f"  predicted: {', '.join(answer.predicted) or 'none of the labels'}"
        yield f"  scores ({of}): {scores}"
        if answer.action_units:
            told = (f"AU{number} {score:.3f}" for number, score in answer.action_units.items())
            yield f"  action units: {', '.join(told)}"
    yield from (f"  note: {note}" for note in one.notes)


def _about(model: Model) -> Iterator[str]:
    about = model.about
    shown = ", ".join(f"{name} {clips}" for name, clips in about.clips.items())
    trained = f" Trained on {count(about.subjects, 'subject')}; clips: {shown}." if shown else ""
    yield f"By {about.experiment} on {about.dataset} ({model.path}).{trained}"
    if about.agreed:
        told = ", ".join(f"{name} {'present' if shown else 'absent'}" for name, shown in about.agreed.items())
        yield f"Predicted without a score, since all training clips agree: {told}."
    if rows := _headline(model):
        scores = ", ".join(_score(row) for row in rows)
        yield f"Its scores: {scores}; protocol {rows[0]['protocol']}, {count(rows[0]['n'], 'clip')}."
    yield about.tested


def _headline(model: Model) -> list[Mapping[str, Any]]:
    metrics = (*HEADLINE, *LABEL_HEADLINE)
    return [row for row in model.about.metrics if row["scope"] == Scope.POOLED and row["metric"] in metrics]


def _score(row: Mapping[str, Any]) -> str:
    return score_text(MetricRow(**{**row, "scope": Scope(row["scope"])}))


def as_json(predictions: Sequence[Prediction], model: Model) -> str:
    """Return predictions as JSON: ``model``, what it was made of and how it was scored, and ``clips``."""
    about = model.about
    of_model = {
        "file": str(model.path),
        "experiment": about.experiment,
        "dataset": about.dataset,
        "classes": list(model.classes),
        "agreed": dict(about.agreed),
        "seeds": sorted(model.networks),
        "code": dict(about.code),
        "versions": dict(about.versions),
        "metrics": [dict(row) for row in _headline(model)],
        "tested": about.tested,
        "unfit": _UNFIT,
    }
    content = {"merflow": VERSION, "model": of_model, "clips": [_plain(one) for one in predictions]}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _plain(one: Prediction) -> dict[str, Any]:
    plain = asdict(one)
    frames = {role: None if number < 0 else number for role, number in zip(ROLES, plain.pop("frames"), strict=True)}
    answer = plain.pop("answer")
    names = {key: plain.pop(key) for key in ("clip", "subject", "recording")}
    return {**names, **frames, **({} if one.problem else answer), **plain}


def as_csv(predictions: Sequence[Prediction], model: Model) -> str:
    """Return predictions as CSV, one row a clip: names, frames, answer, notes, problem and model.

    The answer is ``predicted``, then ``score_<class>`` and ``au_<number>``; empty where a clip has a problem.
    """
    units = sorted({number for one in predictions for number in one.answer.action_units})
    header = ["clip", "subject", "recording", *ROLES, "predicted", *(f"score_{name}" for name in model.classes)]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*header, *(f"au_{number}" for number in units), "notes", "problem", "model"])
    for one in predictions:
        frames = ["" if number < 0 else number for number in one.frames]
        scores = [one.answer.scores.get(name) for name in model.classes]
        told = [one.answer.action_units.get(number) for number in units]
        cells = ["" if number is None else f"{number:.6g}" for number in (*scores, *told)]
        names = [one.clip, one.subject, one.recording, *frames, "+".join(one.answer.predicted)]
        writer.writerow([*names, *cells, "; ".join(one.notes), one.problem, str(model.path)])
    return buffer.getvalue()
