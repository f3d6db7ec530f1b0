"""A plan in parts: the jobs of one dataset that belong together, with the sum of what they cost."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from merflow.costs.jobs import (
    EXAMPLES,
    FINAL,
    INDEX,
    LIST_SHARDS,
    MAKING,
    RENDER,
    TRAIN,
    TRAIN_ONE,
    Estimator,
    JobCost,
    passes,
)
from merflow.costs.lookup import BASES, FIT, Basis, Found
from merflow.counts import count
from merflow.plan.foreseen import PlannedJob

OTHERS = ""
FITTED, SCORES = "baselines", "scores and pictures"

_TITLES = {RENDER: "recordings rendered", INDEX: "index", EXAMPLES: "examples", FIT: FITTED}
_ORDER = (RENDER, INDEX, *MAKING, EXAMPLES, TRAIN, *TRAIN_ONE, FIT, OTHERS, FINAL)
"""Rules in the order in which data flow."""


@dataclass(slots=True)
class Part:
    """Jobs that belong together.

    Attributes
    ----------
    dataset, title : str
        The dataset is empty where the jobs belong to none.
    jobs : int
    seconds, size : float
        Of one core, and bytes that stay, as far as they are known.
    longest_s : float
        Of the longest job.
    unknown_s, unknown_size : Counter of str
        Jobs without a measured time, and without measured bytes, by rule.
    found : dict
        Where the figures are from, by what was measured on what and how it differs.
    trained : str
        Of a network: what is trained, in words.
    """

    dataset: str
    title: str
    jobs: int = 0
    seconds: float = 0.0
    size: float = 0.0
    longest_s: float = 0.0
    unknown_s: Counter[str] = field(default_factory=Counter)
    unknown_size: Counter[str] = field(default_factory=Counter)
    found: dict[tuple[str, str, str], Found] = field(default_factory=dict)
    trained: str = ""

    def add(self, rule: str, cost: JobCost) -> None:
        """Add a job."""
        self.jobs += 1
        self.seconds += cost.seconds or 0.0
        self.size += cost.size or 0.0
        self.longest_s = max(self.longest_s, cost.seconds or 0.0)
        self.unknown_s[rule] += cost.seconds is None
        self.unknown_size[rule] += cost.size is None
        if cost.found:
            self.found[cost.found.cost.name, cost.found.cost.on, cost.found.differs] = cost.found

    @property
    def basis(self) -> Basis | None:
        """The weakest of where its figures are from; None where something was not measured."""
        if +self.unknown_s:
            return None
        return max((found.basis for found in self.found.values()), key=BASES.index, default="measured")


def parts_of(jobs: Sequence[PlannedJob], estimator: Estimator, *, unknown: Iterable[str] = ()) -> list[Part]:
    """Return the parts of a plan, dataset by dataset, in the order in which data flow.

    Parameters
    ----------
    jobs : sequence of PlannedJob
    estimator : Estimator
    unknown : iterable of str
        Datasets without an index: their rendering alone has a known cost.
    """
    parts: dict[tuple[str, str], Part] = {}
    trained: dict[tuple[str, str], list[PlannedJob]] = {}
    for job in sorted(jobs, key=_rank):
        key = job.dataset, _title(job)
        known = job.dataset not in {*unknown} or job.rule in (RENDER, INDEX)
        parts.setdefault(key, Part(*key)).add(job.rule, estimator.cost(job) if known else JobCost(None, None))
        if known and job.rule in (TRAIN, *TRAIN_ONE, FINAL):
            trained.setdefault(key, []).append(job)
    for key, batch in trained.items():
        parts[key].trained = _described(batch, estimator)
    names = list(dict.fromkeys(job.dataset for job in jobs))
    return sorted(parts.values(), key=lambda part: names.index(part.dataset))


def total(parts: Iterable[Part], title: str = "all") -> Part:
    """Return the sum of parts."""
    found = Part("", title)
    for part in parts:
        found.jobs += part.jobs
        found.seconds += part.seconds
        found.size += part.size
        found.longest_s = max(found.longest_s, part.longest_s)
        found.unknown_s += part.unknown_s
        found.unknown_size += part.unknown_size
        found.found |= part.found
    return found


def _title(job: PlannedJob) -> str:
    rule = job.rule.removesuffix("_of_subject")
    if rule in MAKING or rule == LIST_SHARDS:
        return f"{job.wildcards.get('kind', MAKING.get(rule))}/{job.wildcards['variant']}"
    if rule in (TRAIN, *TRAIN_ONE, FINAL):
        return f"train {job.wildcards['experiment']}{', final' if rule == FINAL else ''}"
    return _TITLES.get(rule, SCORES)


def _rank(job: PlannedJob) -> int:
    """Return the place of a job in the order in which data flow."""
    rule = job.rule.removesuffix("_of_subject")
    if rule == LIST_SHARDS:  # with the shards that it lists
        rule = next(making for making, kind in MAKING.items() if kind == job.wildcards["kind"])
    return _ORDER.index(rule if rule in _ORDER else OTHERS)


def _described(jobs: Sequence[PlannedJob], estimator: Estimator) -> str:
    """Return what jobs of one network train: folds x seeds x epochs x clips, ranges where folds differ.

    A final model has no folds.
    """
    experiment = estimator.experiment(jobs[0])
    fits = [fitted for job in jobs for fitted in estimator.fits(job)]
    each = [passes(fitted, experiment, copies=estimator.copies(experiment)) for fitted in fits]
    epochs, clips = (_range(values) for values in zip(*each, strict=True))
    folds = "" if jobs[0].rule == FINAL else f"{count(len(fits), 'fold')} x "
    return f"{folds}{count(len(experiment.seeds), 'seed')} x {epochs} epochs x {clips} clips"


def _range(values: Sequence[int]) -> str:
    low, high = min(values), max(values)
    return f"{low}" if low == high else f"{low}-{high}"
