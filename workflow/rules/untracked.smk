"""Results that Snakemake has no record of: refused where they are of other settings, since it would keep them."""

from snakemake.io import IOFile


def is_untracked(path):
    """Say whether a result is there of which Snakemake does not know how it was made; no job of a forced run is kept."""
    return (
        workflow.is_main_process
        and not workflow.dag_settings.forceall
        and Path(path).is_file()
        and workflow.persistence.metadata(IOFile(path)) is None
    )


def refuse_untracked_shards(dataset, kind, variant, lists):
    """Refuse shards of other settings that Snakemake would keep, by the lists of the jobs that made them."""
    untracked = list(filter(is_untracked, lists))
    if untracked:
        settings = making_now(dataset, kind, variant).settings_of(
            project.variant(kind, variant).plain, config["datasets"][dataset]
        )
        for path in untracked:
            plan.check_untracked_shards(Path(path), settings)


def refuse_untracked_folds(dataset, experiment, lists):
    """Refuse folds of other settings that Snakemake would keep, by the lists of the jobs that trained them."""
    untracked = list(filter(is_untracked, lists))
    if untracked:
        method = plan.method_of(project.experiment(experiment, dataset))
        for path in untracked:
            plan.check_untracked_folds(Path(path), method)


def refuse_untracked_scores(dataset, experiment):
    """Refuse scores of other settings that Snakemake would keep."""
    settings = paths.experiment(dataset, experiment, "settings.yaml")
    if is_untracked(settings):
        resolved = plan.resolved_settings(project, experiment, dataset)
        plan.check_untracked_scores(Path(settings), resolved)
