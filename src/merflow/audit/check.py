"""The whole audit: from paths of results to all findings."""

from collections.abc import Iterable
from pathlib import Path

from merflow import paths
from merflow.audit.examples import check_examples
from merflow.audit.experiment import Audited, experiment_at
from merflow.audit.findings import Findings
from merflow.audit.folds import check_folds
from merflow.audit.job_lists import check_fold_lists, check_shard_lists
from merflow.audit.pictures import check_pictures
from merflow.audit.places import Place, places_of
from merflow.audit.scores import check_scores
from merflow.audit.shards import Shards, shards_there
from merflow.audit.strays import check_strays
from merflow.datasets.clip_table import read_clips, read_exclusions
from merflow.errors import DatasetError
from merflow.plan import parts


def check_results(given: Iterable[Path], *, freed: bool = False) -> Findings:
    """Compare results with their records.

    Every file is read once, nothing is changed, and nothing is taken from a file before it is found to be whole.

    Parameters
    ----------
    given : iterable of Path
        Folders of results, of datasets or of experiments. An experiment brings the shards that it goes back to.
    freed : bool
        Whether examples, artefacts and weights that are missing are a note and no fault.

    Returns
    -------
    Findings
        Faults, notes, what mends the faults, and what was compared.

    Raises
    ------
    ConfigError
        When a path is no such folder.
    """
    findings = Findings(freed=freed)
    places = [place for path in given for place in places_of(path)]
    shards = {place.root: Shards(place.root, findings) for place in places}
    for place in dict.fromkeys(places):
        _check_place(place, shards[place.root], findings)
    return findings


def _check_place(place: Place, shards: Shards, findings: Findings) -> None:
    clips = _index(place, findings)
    for name in place.experiments():
        _check_experiment(experiment_at(place._replace(experiment=name), clips, findings), shards, findings)
    if not place.experiment:
        shards.check(shards_there(place.root, place.dataset))
        check_shard_lists(place.dataset, shards, findings)
        check_pictures(place.root / paths.RESULTS / place.dataset / "compare", findings, then=None)
    check_strays(place, findings)


def _check_experiment(experiment: Audited, shards: Shards, findings: Findings) -> None:
    for artefact, settings in experiment.settings.artefacts.items() if experiment.settings else ():
        shards.check(names := experiment.shards(artefact).values(), then=experiment.then)
        for name in names:
            shards.check_settings(name, settings, then=experiment.then)
    content = check_examples(experiment, shards, findings)
    whole = check_folds(experiment, content, findings)
    check_fold_lists(experiment.folder, findings)
    check_pictures(experiment.folder, findings, then=experiment.then)
    _check_parts(experiment, findings)
    if whole and not findings.has_fault(experiment.folder / "exclusions.csv"):
        check_scores(experiment, findings)


def _check_parts(experiment: Audited, findings: Findings) -> None:
    """Tell what is missing and was not told: of a fold that is missing, the fold is."""
    if experiment.settings is None:
        if experiment.then is None:
            findings.notes.append(
                f"{experiment.folder}: not scored: what is there is compared, what is not is not missed"
            )
        return
    wanted = parts(experiment.settings.experiment, experiment.folds, composite=experiment.composite)
    for part in wanted:
        path = experiment.folder.joinpath(*part)
        told = any(findings.has_fault(above) for above in (path, path.parent))
        if not path.exists() and not told:
            findings.add(path, "a part of the experiment", "no such file", then=experiment.metrics)


def _index(place: Place, findings: Findings) -> Path | None:
    """Return the index of a dataset; None where it is missing or damaged, which is a fault."""
    clips, exclusions = (place.root / of(place.dataset) for of in (paths.clips, paths.exclusions))
    for path in (clips, exclusions):
        if not path.exists():
            findings.add(path, "a table of the index", "no file", force=[path])
            continue
        findings.count(path)
        try:
            read_clips(path) if path == clips else read_exclusions(path)
        except DatasetError as error:
            findings.add_refused(path, error, force=[path])
    return None if findings.has_fault(clips) else clips
