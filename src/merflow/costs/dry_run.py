"""Which jobs a run would have: those that a dry run of the workflow plans, by Snakemake itself.

The index of a dataset is a checkpoint: the jobs behind it follow from its clips, and Snakemake knows none of them
before it is made. Where a dry run would make an index first, it is made here, of the recordings as they are now, and a
second dry run is given it. Of embedded recordings that are not rendered yet empty files stand in for the frames.
Nothing is written into the folder of the study.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from merflow import paths
from merflow.checks import nearest
from merflow.config import Config
from merflow.config.checks import TAKEN
from merflow.costs.jobs import INDEX
from merflow.costs.known import Known
from merflow.costs.stale_index import why_stale
from merflow.errors import ConfigError, DatasetError, MerflowError
from merflow.plan import index_now
from merflow.plan.foreseen import INDEXES, VARIABLE, PlannedJob, foresee_index, jobs_told, warnings_told
from merflow.plan.jobs import at_hand
from merflow.reading import is_folder
from merflow.synthesis.settings import SynthesisSettings
from merflow.workflow_root import SNAKEFILE, workflow_root

_ERROR = re.compile(r"^Error:\n\s*(?P<error>.*?)\n(?:Wildcards|Traceback):", re.DOTALL | re.MULTILINE)
"""How Snakemake tells the error of an input function, before wildcards and traceback."""
_HINT = re.compile(r" Did you mean '[^']+'\?")
"""What the workflow tells behind a refusal: see :mod:`merflow.plan.mistyped`."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run would do.

    Attributes
    ----------
    jobs : list of PlannedJob
    known : dict of str to Known
        By dataset that the jobs belong to, unless it is `unknown`.
    unknown : list of str
        Embedded datasets that are not rendered yet and have no stand-in: the jobs behind their index are not known.
    warnings : list of str
        Of the workflow, such as trainings that would be repeated.
    """

    jobs: list[PlannedJob]
    known: dict[str, Known] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def planned(config: Config, targets: Sequence[str], *, shared: Path) -> Planned:
    """Return the jobs of targets in the present folder, as Snakemake plans them.

    Parameters
    ----------
    config : Config
        Of the present folder.
    targets : sequence of str
        As Snakemake takes them; none = its default.
    shared : Path
        Folder for what the dry runs are given and tell; the indexes in it are read as long as the plan is.

    Raises
    ------
    ConfigError
        When a target is no result and no rule, or names what there is not.
    DatasetError
        When a dataset has no recordings here, and as :func:`merflow.plan.index_now`.
    MerflowError
        With what Snakemake says, when it refuses.
    """
    check_targets(config, targets)
    jobs = _dry_run(targets, shared)
    known: dict[str, Known] = {}
    while missing := [name for name in _to_index(jobs) if name not in known and _can_index(config, name)]:
        for name in missing:
            index, _ = index_now(config, name, roots=_stand_ins(config, name, shared))
            stale = _why_stale(jobs, name)
            known[name] = Known(config, name, foresee_index(shared, name, index.clips), index, stale)
        jobs = _dry_run(targets, shared)
    unknown = [name for name in _to_index(jobs) if name not in known]
    for name in dict.fromkeys(job.dataset for job in jobs if job.dataset):
        if name not in known and name not in unknown:
            known[name] = Known(config, name, Path(paths.clips(name)))
    return Planned(jobs, known, unknown, warnings_told(shared))


def check_targets(config: Config, targets: Iterable[str]) -> None:
    """Refuse a path that is no result, and a dataset or experiment that is not there, before Snakemake is started."""
    for target in targets:
        parts = Path(target).parts
        if len(parts) > 1 and not paths.is_result(target):
            example = paths.experiment(next(iter(config.datasets), "demo"), "ststnet", "metrics.csv")
            raise ConfigError(
                f"{target}: expected a result, such as {example}, found a path outside {paths.RESULTS}/. Name a "
                "result, or a target of the workflow such as all."
            )
        if len(parts) < 3 or parts[1] in TAKEN["datasets"]:
            continue
        config.check_known("datasets", parts[1])
        if len(parts) > 3 and parts[2] not in TAKEN["experiments"]:
            config.check_known("experiments", parts[2])
        _check_recordings(config, parts[1])


def _check_recordings(config: Config, dataset: str) -> None:
    """Refuse a dataset, or a composite with a member, of which no recordings are here."""
    for name in config.datasets[dataset].members or [dataset]:
        if not at_hand(config, name):
            block = config.datasets[name]
            raise DatasetError(
                f"dataset {name}: expected its recordings in {block.root}, found no such folder. Set "
                f"datasets.{name}.root in config.yaml to where they are. Licence: {block.declared.licence}"
            )


def _to_index(jobs: Iterable[PlannedJob]) -> list[str]:
    """Return the datasets whose index would be made; members of composites first, as they are planned."""
    return list(dict.fromkeys(job.dataset for job in jobs if job.rule == INDEX))


def _why_stale(jobs: Iterable[PlannedJob], dataset: str) -> str:
    """Return why the index of a dataset that is among the results would be made anew; empty where there is none."""
    if not Path(paths.clips(dataset)).is_file():
        return ""
    return why_stale(next(job.reason for job in jobs if job.rule == INDEX and job.dataset == dataset))


def _to_render(config: Config, dataset: str) -> dict[str, SynthesisSettings]:
    """Return how a dataset, or each member of a composite, will be rendered, if it is embedded and is not yet."""
    blocks = {name: config.datasets[name] for name in config.datasets[dataset].members or [dataset]}
    return {name: one.synthesis for name, one in blocks.items() if one.synthesis and not is_folder(one.root)}


def _can_index(config: Config, dataset: str) -> bool:
    """Return whether the index of a dataset can be made now, of recordings or of what stands in for them."""
    to_render = _to_render(config, dataset)
    if not to_render:
        return True
    from merflow.synthesis.stand_in import has_stand_in  # loads the renderer

    return all(map(has_stand_in, to_render.values()))


def _stand_ins(config: Config, dataset: str, shared: Path) -> dict[str, Path]:
    """Return the roots of what stands in for recordings that are not rendered yet, written where missing."""
    roots = {name: shared / "recordings" / name for name in _to_render(config, dataset)}
    for name, settings in _to_render(config, dataset).items():
        if not roots[name].exists():
            from merflow.synthesis.stand_in import write_stand_in  # as above

            write_stand_in(roots[name], settings)
    return roots


def _dry_run(targets: Sequence[str], shared: Path) -> list[PlannedJob]:
    """Return the jobs of a dry run of Snakemake in the present folder."""
    done = _snakemake(["--dry-run", "--quiet", "all", "--cores", "1", "--", *targets], {VARIABLE: str(shared)})
    if done.returncode:
        said = done.stdout + done.stderr
        raise MerflowError(_refusal(said.replace(f"{shared}/{INDEXES}", paths.RESULTS), targets))
    return jobs_told(shared)


def _snakemake(arguments: Sequence[str], variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(workflow_root() / SNAKEFILE), *arguments]
    return subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=False)


def _refusal(said: str, targets: Sequence[str]) -> str:
    """Return what to tell of a dry run that failed: for a target that no rule makes, the nearest that one makes."""
    if "MissingRuleException" not in said:
        told = _ERROR.search(said)
        why = " ".join(told["error"].split()) if told else said.strip()
        return f"Snakemake refuses to plan {' '.join(targets) or 'the default targets'}:\n{why}"
    unknown = next((target for target in targets if target in said), " ".join(targets))
    listed = _snakemake(["--quiet", "all", "--list-target-rules"], {}).stdout.splitlines()
    rules = [line.split()[0] for line in listed if line.strip()]
    told = _HINT.search(said)
    hint = told[0] if told else nearest(unknown, rules)
    return (
        f"{unknown}: expected a result or a target of the workflow, found no rule that makes it."
        f"{hint} Targets: {', '.join(rules)}; or a result such as "
        f"{paths.experiment('<dataset>', '<experiment>', 'metrics.csv')}."
    )
