"""Which of the measured costs a job has: that of the same settings, or else of similar ones, which is then said."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple, get_args

from merflow.artefacts.provenance import canonical_json
from merflow.config import Config, Experiment
from merflow.config.inputs import example_settings
from merflow.costs.table import UnitCost, What
from merflow.models.declared import network_named
from merflow.plan.batches import START_S
from merflow.stages import STAGES

Basis = Literal["measured", "similar", "declared"]
"""Where a cost is from: a measurement of the same settings, of similar ones (other parameters, another picture that is
drawn), or what a network declares of itself (``clip_ms``)."""

CURVES = "draw_curves"
"""Rule whose time stands for those of other pictures. Its row has the bytes of all pictures of an experiment."""

SCORE = "score_experiment"
"""Rule whose row has the bytes of the tables of an experiment."""

FIT = "fit_baselines"

BASES: tuple[Basis, ...] = get_args(Basis)
"""The best first."""


class Found(NamedTuple):
    """A cost, where it is from, and in a few words how it differs from what was asked for; empty = in nothing."""

    cost: UnitCost
    basis: Basis
    differs: str = ""


class Costs:
    """Measured costs, to be asked for.

    Parameters
    ----------
    rows : sequence of UnitCost
    """

    def __init__(self, rows: Sequence[UnitCost]) -> None:
        self.rows = tuple(rows)

    def rendering(self, layout: str) -> Found | None:
        """Return what it costs to render a clip in a layout."""
        return self._named("rendering", layout)

    def job(self, rule: str) -> Found | None:
        """Return what a job of a rule costs, of a picture that was not measured what another one does."""
        found = self._named("job", rule)
        if found or not rule.startswith("draw_"):
            return found
        other = self._named("job", CURVES)
        if other is None:
            return None
        return Found(replace(other.cost, each_bytes=0.0), "similar", f"pictures in the time of {CURVES}")

    def fitting(self, model: str) -> Found | None:
        """Return what a fold of a baseline costs; of one that was not measured what the measured ones do."""
        found = self._named("job", FIT)
        if found is None or model in found.cost.settings["models"]:
            return found
        return found._replace(basis="similar", differs=f"{model} in the time of other baselines")

    def shards(self, config: Config, kind: str, variant: str, *, pixels: int = 0) -> Found | None:
        """Return what a clip of a stage costs.

        Parameters
        ----------
        config : Config
        kind, variant : str
        pixels : int
            Of a picture: of several measurements that with the nearest number counts; 0 = not known, the largest.

        Returns
        -------
        Found or None
            ``measured`` only if all that the artefact is computed from was measured with the same settings too.
        """
        rows = [row for row in self.rows if row.what == "shards" and row.name.partition("/")[0] == kind]
        found = _nearest(rows, shard_settings(config, kind, variant), distance=lambda row: _apart(row.pixels, pixels))
        if found is None:
            return None
        if found.basis == "similar":
            return found._replace(differs=f"{kind}/{variant} as {found.cost.name}, other settings")
        own = config.variant(kind, variant)
        if own.upstream_kind:
            above = self.shards(config, own.upstream_kind, own.upstream, pixels=pixels)
            if above is None or above.basis != "measured":
                return found._replace(basis="similar", differs=f"{kind}/{variant} of other {own.upstream_kind}")
        return found

    def examples(self, experiment: Experiment) -> Found | None:
        """Return what a clip of an experiment's examples costs; those of other settings of one kind are similar."""
        rows = [row for row in self.rows if row.what == "examples"]
        alike = [row for row in rows if row.settings["artefact"].partition("/")[0] == experiment.kind]
        found = _nearest(alike, settings_of_examples(experiment))
        return found and _differing(found, f"examples of {experiment.artefact} as of {found.cost.settings['artefact']}")

    def training(self, experiment: Experiment) -> Found | None:
        """Return what a clip costs in an epoch of a network.

        Of a network that was measured with other parameters on the same artefact that one is returned; of one that was
        not measured what it declares, whose bytes are not known (NaN).
        """
        wanted = training_settings(experiment)
        rows = [row for row in self.rows if row.what == "training"]
        alike = [row for row in rows if all(row.settings[key] == wanted[key] for key in ("model", "artefact"))]
        found = _nearest(alike, wanted)
        if found:
            return _differing(found, f"{experiment.model} as measured with other parameters")
        return _declared(experiment)

    def _named(self, what: What, name: str) -> Found | None:
        return next((Found(row, "measured") for row in self.rows if (row.what, row.name) == (what, name)), None)


def shard_settings(config: Config, kind: str, variant: str) -> dict[str, Any]:
    """Return what the cost of a shard depends on, but for what it is computed from."""
    return _plain(STAGES[kind].own_settings(config.variant(kind, variant).plain))


def settings_of_examples(experiment: Experiment) -> dict[str, Any]:
    """Return what the cost of a clip's examples depends on."""
    own = example_settings(experiment)
    return _plain({"artefact": own["artefact"], **own["input"]})


def training_settings(experiment: Experiment) -> dict[str, Any]:
    """Return what the cost of a clip in an epoch depends on."""
    training = experiment.training
    return _plain(
        {
            "model": experiment.model,
            "artefact": experiment.artefact,
            "batch_size": training.batch_size,
            "train_points": training.train_points,
            "image_augmentation": training.image_augmentation,
            **{f"model_params.{name}": value for name, value in experiment.model_params.items()},
        }
    )


def _plain(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings as they are read from the table."""
    found: dict[str, Any] = json.loads(canonical_json(settings))
    return found


def _nearest(
    rows: Iterable[UnitCost],
    wanted: Mapping[str, Any],
    *,
    distance: Callable[[UnitCost], float] = lambda row: 0.0,
) -> Found | None:
    """Return the row with the most settings that are wanted, and of these the one with the shortest distance.

    A setting that came later than the measurement is not in its row, and counts for nothing.
    """
    rows = list(rows)
    if not rows:
        return None

    def differing(row: UnitCost) -> int:
        return sum(wanted.get(key) != value for key, value in row.settings.items())

    best = min(rows, key=lambda row: (differing(row), distance(row)))
    return Found(best, "similar" if differing(best) else "measured")


def _differing(found: Found, text: str) -> Found:
    return found._replace(differs=text) if found.basis == "similar" else found


def _apart(measured: int, pixels: int) -> float:
    """Return how far a measurement is from a picture, as the ratio of their pixels; the largest is nearest to 0."""
    if not pixels:
        return -measured
    return max(measured / pixels, pixels / measured)


def _declared(experiment: Experiment) -> Found | None:
    """Return what a network declares of its time; None where it declares nothing."""
    network = network_named(experiment.model)
    if not network.clip_ms:
        return None
    cost = UnitCost(
        *("training", experiment.model, training_settings(experiment), "", 0, 0),
        start_s=START_S, each_s=network.clip_ms / 1000, each_bytes=float("nan"), frames=0.0,
        processor="", date="", merflow="",
    )  # fmt: skip
    return Found(cost, "declared", f"{experiment.model} as it declares (clip_ms)")
