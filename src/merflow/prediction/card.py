"""``final/model_card.md``: what a final model was made of, how well it does, and what it must not be used for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from merflow.counts import count
from merflow.prediction.model_file import About

INTENDED = """\
Research on facial expressions: comparing methods, and describing recordings of people who have agreed to it. A score is
a share of the network's answer, not the probability that a person feels something: a movement of the face is no
emotion, and how well scores are calibrated was not measured."""

FORBIDDEN = """\
- **Inferring emotions of people at work or in education.** In the European Union, Regulation (EU) 2024/1689 (AI Act),
  article 5(1)(f), forbids to place on the market, put into service or use an AI system for this purpose, but for
  medical or safety reasons.
- Decisions about a person: hiring, credit, insurance, policing, borders, diagnosis, or whether somebody lies.
- Recordings of people who do not know of it or have not agreed.
- Recordings that differ from the training data in camera, frame rate, light, age or culture, unless the error on
  recordings of that kind was measured first."""

_SCOPES = ("pooled", "baseline", "class", "label")


def model_card(about: About) -> str:
    """Return the model card as Markdown."""
    experiment = about.settings["experiment"]
    return "\n\n".join(
        [
            f"# Model card: {about.experiment} on {about.dataset}",
            experiment["description"] or f"Network {experiment['model']}.",
            "\n".join(_facts(about, experiment)),
            "## Scores",
            about.tested,
            "\n".join(_score_rows(about.metrics)),
            *_notes(about.metrics),
            "## Training data",
            "\n".join(_data_rows(about.data)),
            f"{count(about.subjects, 'subject')}; clips of each: "
            f"{', '.join(f'{name} {clips}' for name, clips in about.clips.items())}.",
            "A network can repeat parts of what it was trained on. Whoever may not pass on the recordings asks their "
            "owner before passing on this file.",
            "## Intended use",
            INTENDED,
            "## Not to be used for",
            FORBIDDEN,
        ]
    ) + "\n"  # fmt: skip


def _facts(about: About, experiment: Mapping[str, Any]) -> Iterator[str]:
    yield "| | |"
    yield "| --- | --- |"
    yield f"| network | {experiment['model']}, seeds {', '.join(map(str, experiment['seeds']))} |"
    yield f"| input | {' -> '.join('/'.join(part) for part in about.chain)} |"
    yield f"| labels | {experiment['labels']}: {', '.join(about.clips)} |"
    yield f"| protocol of the scores | {experiment['protocol']['name']} |"
    yield f"| made with | {', '.join(f'{name} {number}' for name, number in sorted(about.versions.items()))} |"


def _score_rows(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "| metric | of | value | 95 % interval | clips |"
    yield "| --- | --- | --- | --- | --- |"
    for scope in _SCOPES:
        for row in rows:
            if row["scope"] != scope:
                continue
            interval = "" if row["ci_low"] is None else f"{row['ci_low']:.3f} to {row['ci_high']:.3f}"
            of = f"{scope} {row['name']}".rstrip()
            yield f"| {row['metric']} | {of} | {row['value']:.3f} | {interval} | {row['n']} |"


def _notes(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what is said of the pooled scores, once."""
    yield from dict.fromkeys(f"Pooled: {row['note']}." for row in rows if row["scope"] == "pooled" and row["note"])


def _data_rows(data: Sequence[Mapping[str, str]]) -> Iterator[str]:
    yield "| dataset | recordings | licence |"
    yield "| --- | --- | --- |"
    for one in data:
        cited = f" ({one['citation']})" if one.get("citation") else ""
        yield f"| {one['name']} | {one['title']}{cited} | {one['licence']} |"
