"""What each planned job costs: its seconds of one core, and the bytes that stay of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from merflow import plan
from merflow.config import Config, Experiment
from merflow.costs.known import Known
from merflow.costs.lookup import FIT, Costs, Found
from merflow.datasets.clip import Clip
from merflow.plan.fold_classes import clips_fitted
from merflow.plan.foreseen import PlannedJob
from merflow.stages import STAGES
from merflow.training.settings import schedule_length

INDEX, RENDER, EXAMPLES = "index_dataset", "synthesise_dataset", "build_examples"
LIST_SHARDS, LIST_FOLDS = "list_shards", "list_folds"
TRAIN, TRAIN_ONE, FINAL = "train_folds", ("train_fold", "train_weights"), "train_final"
MAKING = {making.rule: kind for kind, _, making in plan.makings()}
"""Kind of artefact of each rule that makes shards."""


@dataclass(frozen=True, slots=True)
class JobCost:
    """What a job costs.

    Parameters
    ----------
    seconds, size : float or None
        Of one core, and bytes that stay; None = not measured.
    found : Found or None
        Where the figures are from.
    """

    seconds: float | None
    size: float | None
    found: Found | None = None


NOTHING = JobCost(0.0, 0.0)
"""Of a job that takes milliseconds."""


def _of_each(found: Found | None, count: int) -> JobCost:
    """Return the cost of a job that does the same with each of some clips or folds."""
    if found is None:
        return JobCost(None, None)
    return JobCost(found.cost.start_s + count * found.cost.each_s, count * found.cost.each_bytes, found)


def passes(fitted: int, experiment: Experiment, *, copies: int = 0) -> tuple[int, int]:
    """Return (epochs, clips an epoch) of the training of a fold.

    Parameters
    ----------
    fitted : int
        Clips that the fold trains on.
    experiment : Experiment
    copies : int
        Altered copies of each clip that are trained on beside it.

    Convention
    ----------
    By hand: 90 clips in batches of 24 are 4 steps an epoch, and 30 epochs 120 steps, of which 100 were asked for:
    (30, 90).
    """
    clips = fitted * (1 + copies) * (2 if experiment.training.mirror else 1)
    epochs, _ = schedule_length(max(1, clips), experiment.training)
    return epochs, clips


def copies_of(config: Config, experiment: Experiment) -> int:
    """Return how many altered copies of each clip a network trains on beside it."""
    return int(getattr(config.variant(experiment.kind, experiment.variant).settings, "copies", 0))


class Estimator:
    """What planned jobs cost.

    Parameters
    ----------
    config : Config
    costs : Costs
    known : mapping of str to Known
        The datasets whose index is there.
    """

    def __init__(self, config: Config, costs: Costs, known: Mapping[str, Known]) -> None:
        self._config, self._costs, self._known = config, costs, known
        self.fitted = cache(self._fitted)

    def cost(self, job: PlannedJob) -> JobCost:
        """Return what a job costs."""
        rule = job.rule.removesuffix("_of_subject")
        if rule in (LIST_SHARDS, LIST_FOLDS):
            return NOTHING
        if rule in MAKING:
            return self._shards(job, MAKING[rule])
        if rule == RENDER:
            return self._rendering(job)
        if rule == EXAMPLES:
            return self._examples(job)
        if rule in (TRAIN, *TRAIN_ONE, FINAL) and not self.experiment(job).is_baseline:
            return self._training(job)
        if rule in (TRAIN, *TRAIN_ONE, FIT):
            return self._fitting(job)
        found = self._costs.job(rule)
        return JobCost(found.cost.start_s, found.cost.each_bytes, found) if found else JobCost(None, None)

    def experiment(self, job: PlannedJob) -> Experiment:
        """Return the experiment of a job, as it is trained on its dataset."""
        own = self._config.experiment(job.wildcards["experiment"], job.dataset)
        return plan.as_trained(self._known[job.dataset].clips_csv, own)

    def copies(self, experiment: Experiment) -> int:
        """Return how many altered copies of each clip an experiment trains on beside it."""
        return copies_of(self._config, experiment)

    def folds(self, job: PlannedJob) -> list[str]:
        """Return the folds that a job trains or fits."""
        if job.rule in TRAIN_ONE:
            return [job.wildcards["fold"]]
        names = job.wildcards["experiment"], job.dataset
        members = self._config.datasets[job.dataset].members
        every = plan.folds(self._known[job.dataset].clips_csv, self._config.experiment(*names), members=members)
        return plan.folds_of_batch(every, job.wildcards["batch"])

    def fits(self, job: PlannedJob) -> list[int]:
        """Return how many clips each training of a job is given, one a fold, before altered copies."""
        names = job.dataset, job.wildcards["experiment"]
        if job.rule == FINAL:
            return [plan.trained_clips(self._known[names[0]].clips_csv, self._config.experiment(*reversed(names)))]
        fitted = self.fitted(*names)
        return [fitted[fold] for fold in self.folds(job)]

    def _fitted(self, dataset: str, name: str) -> dict[str, int]:
        clips_csv = self._known[dataset].clips_csv
        experiment = plan.as_trained(clips_csv, self._config.experiment(name, dataset))
        return clips_fitted(plan.index_version(clips_csv), experiment)

    def _shards(self, job: PlannedJob, kind: str) -> JobCost:
        known, variant = self._known[job.dataset], job.wildcards["variant"]
        width, height = known.picture
        found = self._costs.shards(self._config, kind, variant, pixels=width * height)
        if found is None:
            return JobCost(None, None)
        if job.rule.removesuffix("_of_subject") != STAGES[kind].making.rule:  # pictures that came ready
            found = found._replace(basis="similar", differs=f"{kind}/{variant} of ready pictures as computed ones")
        clips = self._clips_of(job)
        times: float = len(clips)
        if found.cost.frames:
            settings = self._config.variant(kind, variant).settings
            times = known.frames(settings, clips, otherwise=found.cost.frames) / found.cost.frames
        return JobCost(found.cost.start_s + times * found.cost.each_s, len(clips) * found.cost.each_bytes, found)

    def _fitting(self, job: PlannedJob) -> JobCost:
        """Return the cost of fitting a baseline to folds."""
        return _of_each(self._costs.fitting(self.experiment(job).model), len(self.folds(job)))

    def _clips_of(self, job: PlannedJob) -> Sequence[Clip]:
        """Return the clips whose shards a job makes."""
        clips_csv = self._known[job.dataset].clips_csv
        one = job.wildcards.get("subject")
        subjects = [one] if one else plan.subjects_of_batch(clips_csv, job.wildcards["batch"])
        by_subject = plan.clips_by_subject(clips_csv)
        return [clip for subject in subjects for clip in by_subject[subject]]

    def _rendering(self, job: PlannedJob) -> JobCost:
        settings = self._config.datasets[job.dataset].synthesis
        if settings is None:
            return JobCost(None, None)
        clips = settings.n_subjects * (settings.clips + settings.others + settings.macro)
        return _of_each(self._costs.rendering(settings.layout), clips)

    def _examples(self, job: PlannedJob) -> JobCost:
        experiment = self.experiment(job)
        clips = plan.trained_clips(self._known[job.dataset].clips_csv, experiment)
        return _of_each(self._costs.examples(experiment), clips)

    def _training(self, job: PlannedJob) -> JobCost:
        experiment = self.experiment(job)
        found = self._costs.training(experiment)
        if found is None:
            return JobCost(None, None)
        copies, seeds, fits = self.copies(experiment), len(experiment.seeds), self.fits(job)
        seen = sum(math.prod(passes(fitted, experiment, copies=copies)) for fitted in fits)
        kept = len(fits) * seeds * found.cost.each_bytes
        return JobCost(found.cost.start_s + seeds * seen * found.cost.each_s, None if math.isnan(kept) else kept, found)
