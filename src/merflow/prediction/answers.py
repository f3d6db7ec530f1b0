"""What the networks of a model say of clips whose artefacts are there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import Examples, Shard
from merflow.artefacts.examples import no_apex_and_length
from merflow.datasets.index import Index
from merflow.prediction.model_file import Model
from merflow.stages.examples import features_of
from merflow.training.scores import PROBABLE

Scores = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the networks of a model say of one clip.

    Attributes
    ----------
    predicted : tuple of str
        The class of the largest score; of labels that are told one by one, those above one half, and those that every
        training clip shows.
    scores : mapping of str to float
        Of each class, or label on which the training clips do not agree, mean over the seeds.
    by_seed : mapping of int to mapping of str to float
        The same for the network of each seed.
    action_units : mapping of int to float
        Probability of each action unit that the networks tell, by its FACS number, mean over the seeds that tell it.
    """

    predicted: tuple[str, ...] = ()
    scores: Scores = field(default_factory=dict)
    by_seed: Mapping[int, Scores] = field(default_factory=dict)
    action_units: Mapping[int, float] = field(default_factory=dict)


NO_ANSWER = Answer()
"""Of a clip that a stage cannot use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """One clip and what a model says of it.

    Attributes
    ----------
    clip, subject, recording : str
        Name of the clip, its subject, and the video or folder.
    frames : tuple of int
        Onset, apex and offset; -1 = none.
    answer : Answer
    notes : tuple of str
        What a person should know of it.
    problem : str
        Why there is no answer; empty = there is one.
    """

    clip: str
    subject: str
    recording: str
    frames: tuple[int, int, int] = (-1, -1, -1)
    answer: Answer = NO_ANSWER
    notes: tuple[str, ...] = ()
    problem: str = ""


def answers_of(model: Model, shard: Shard, clips: Sequence[str]) -> dict[str, Answer]:
    """Ask the networks of a model.

    Parameters
    ----------
    model : Model
    shard : Shard
        Open, of the artefact that its networks read.
    clips : sequence of str
        Ids of one or more clips of the shard.

    Raises
    ------
    ArtefactError
        When the examples are not of the kind that the networks were trained on.
    """
    examples = examples_of(model, shard, clips)
    by_seed = {seed: network.scores(examples) for seed, network in model.networks.items()}
    units = [network.action_units(examples) for network in model.networks.values()]
    mean = np.mean(list(by_seed.values()), axis=0)
    return {
        clip: Answer(
            predicted=_predicted(model, mean[row]),
            scores=_named(model, mean[row]),
            by_seed={seed: _named(model, scores[row]) for seed, scores in by_seed.items()},
            action_units=_mean_units(units, row),
        )
        for row, clip in enumerate(clips)
    }


def without_answer(index: Index) -> list[Prediction]:
    """Return the clips that an index leaves out, each with its problem; where their recordings lie is not known."""
    reasons = {row["clip"]: row["reason"] for row in index.exclusions}
    return [
        Prediction(clip=clip.id, subject=clip.subject, recording="", problem=reasons[clip.id])
        for clip in index.annotated
        if clip.id in reasons
    ]


def examples_of(model: Model, shard: Shard, clips: Sequence[str]) -> Examples:
    """Return clips as the networks take them; their labels are not known, and what stands there says nothing."""
    features = features_of(shard.kind, **model.about.examples["input"])
    count, classes = len(clips), model.classes
    lengths = features.read_apex_and_length
    return Examples(
        x=np.stack([features.read(shard, name) for name in clips]),
        label=np.zeros((count, len(classes)), np.uint8) if model.multi else np.zeros(count, np.int64),
        subject=np.full(count, shard.subject),
        clip=np.array(clips, dtype=np.str_),
        expression=np.full(count, "micro"),
        classes=classes,
        label_set=model.about.examples["labels"],
        dims=features.dims,
        input={"artefact": f"{shard.kind}/{shard.variant}"} | dict(features.input),
        edges=features.read_edges(shard, clips[0]) if features.read_edges else (),
        apex_and_length=np.stack([lengths(shard, name) for name in clips]) if lengths else no_apex_and_length(count),
    )


def _predicted(model: Model, scores: NDArray[np.floating]) -> tuple[str, ...]:
    if model.multi:
        told = zip(model.classes, (scores > PROBABLE).tolist(), strict=True)
        return tuple(name for name, shown in told if model.about.agreed.get(name, shown))
    return (model.classes[int(scores.argmax())],)


def _named(model: Model, scores: NDArray[np.floating]) -> dict[str, float]:
    named = zip(model.classes, scores.tolist(), strict=True)
    return {name: score for name, score in named if name not in model.about.agreed}


def _mean_units(units: Sequence[Mapping[int, NDArray[Any]]], row: int) -> dict[int, float]:
    numbers = sorted({number for one in units for number in one})
    return {number: float(np.mean([one[number][row] for one in units if number in one])) for number in numbers}
