"""Quality of an annotation: what every dataset has, and what those with objective classes have besides."""

from dataclasses import replace

from merflow.datasets.action_units import known_units, objective_from_aus
from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.estimated_apexes import has_estimate, has_midpoint
from merflow.quality_columns import Quality, QualityColumn, Value

_NEGATIVE = {"anger", "contempt", "disgust", "fear", "sadness", "repression", "negative"}
OTHERS = "VII"
"""Objective class of what is in no other: coders put rare combinations here or there."""
_AGAINST = {"I": _NEGATIVE | {"surprise"}, "II": _NEGATIVE | {"happiness", "positive"}}
_NEGATIVE_CLASSES = {"III", "IV", "V", "VI"}


def measure(clip: Clip) -> dict[str, Value]:
    """Return the columns of `OF_EVERY_CLIP`."""
    values: dict[str, Value] = {}
    if clip.offset != NO_FRAME:
        frames = clip.offset - clip.onset + 1
        values["clip_frames"] = float(frames)
        if clip.fps > 0:
            values["clip_seconds"] = frames / clip.fps
        if clip.apex != NO_FRAME and clip.offset > clip.onset:
            values["apex_place"] = (clip.apex - clip.onset) / (clip.offset - clip.onset)
    if has_midpoint(clip) or has_estimate(clip):
        values["apex_estimated"] = float(has_estimate(clip))
    if known_units(clip.aus) is not None and clip.emotion:
        values["label_against_units"] = float(is_against_units(clip))
    return values


def measure_with_objective(clip: Clip) -> dict[str, Value]:
    """Return the columns of `WITH_OBJECTIVE_CLASS`."""
    values = measure(clip)
    derived = objective_from_aus(clip.aus)
    if derived and clip.objective:
        settled = OTHERS not in (derived, clip.objective)
        values["objective_differs"] = float(settled and derived != clip.objective)
    return values


def is_against_units(clip: Clip) -> bool:
    """Say whether the emotion of a clip is one that its action units speak against.

    The units of happiness (class I of Davison et al. 2018) speak against a negative emotion and surprise, those of
    surprise (II) against a negative one and happiness, and those of anger, disgust, sadness and fear (III to VI)
    against happiness and surprise. Other units (VII) speak against none.
    """
    objective = objective_from_aus(clip.aus)
    if objective in _NEGATIVE_CLASSES:
        return clip.emotion in {"happiness", "positive", "surprise"}
    return clip.emotion in _AGAINST.get(objective, ())


OF_EVERY_CLIP = Quality(
    measure=measure,
    columns=(
        QualityColumn(
            name="clip_frames",
            unit="frames",
            meaning="Frames from onset to offset.",
            bad="High: the row may hold two expressions or a wrong number. Low: too few frames for a sequence.",
            low=3.0,
            outlier="high",
            log=True,
            least_spread=0.35,
            why="With fewer there is nothing between onset, apex and offset.",
        ),
        QualityColumn(
            name="clip_seconds",
            unit="s",
            meaning="Duration from onset to offset.",
            bad="The frame rate or a number is wrong, or the expression is no micro-expression.",
            high=4.0,
            why="Macro-expressions last up to 4 s; a micro-expression is by most definitions shorter than 0.5 s.",
        ),
        QualityColumn(
            name="apex_place",
            unit="1",
            meaning="Place of the apex between onset (0) and offset (1).",
            bad="An apex at one end leaves no rise or no fall: look at the numbers of the row.",
            low=0.05,
            high=0.95,
            why="An expression rises and falls.",
        ),
        QualityColumn(
            name="apex_estimated",
            unit="1",
            meaning="Of a clip without an annotated apex: 1 where it is estimated, 0 where it is the midpoint.",
            bad="The midpoint shows less of the expression than the apex: merflow apexes estimates the frame.",
            why="No fault of the clip: nothing is flagged.",
        ),
        QualityColumn(
            name="label_against_units",
            unit="1",
            meaning="1 where the emotion is one that the action units speak against, 0 where it is not.",
            bad="Label or units are of another clip, or the coder went by what the subject said.",
            high=0.0,
            why="Coders may go by self-report: on real data a flag is a question, not a fault.",
        ),
    ),
)

WITH_OBJECTIVE_CLASS = replace(
    OF_EVERY_CLIP,
    measure=measure_with_objective,
    columns=(
        *OF_EVERY_CLIP.columns,
        QualityColumn(
            name="objective_differs",
            unit="1",
            meaning="1 where the objective class is another of I to VI than that of the action units, else 0.",
            bad="One of the two columns of the sheet is wrong.",
            high=0.0,
            why="The class follows from the units (Davison et al. 2018).",
        ),
    ),
)
