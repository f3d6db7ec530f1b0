"""Batches of folds: which folds a job trains, the lists that name them, and what a job may take."""

training_settings = lambda wildcards: settings_of_training(
    wildcards.dataset, wildcards.experiment
)
training_code = fingerprint_with_networks("train_folds", "merflow.training.batch")


@cache
def settings_of_training(dataset, experiment):
    """Return everything that decides the folds of an experiment, once for all of its jobs."""
    return plan.method_of(project.experiment(experiment, dataset)).plain()


@cache
def forget_missing_folds(dataset, experiment):
    """Remove the lists of an experiment that name folds which are not there, when its lists are first asked for."""
    if workflow.is_main_process:
        plan.forget_missing_folds(Path(paths.experiment(dataset, experiment)))


def list_of_folds(dataset, experiment):
    """Return the list of all folds of an experiment."""
    forget_missing_folds(dataset, experiment)
    return paths.fold_list(dataset, experiment)


def list_of_trained_folds(wildcards):
    """Return the list of all folds of the experiment of a job."""
    return list_of_folds(wildcards.dataset, wildcards.experiment)


@cache
def batches_of(dataset, experiment, folds):
    """Return the batch of each fold."""
    settings = project.experiment(experiment, dataset)
    clips = plan.trained_clips(indexed_clips(dataset), settings)
    at_most = plan.folds_in_a_job(settings, folds=len(folds), clips=clips)
    return plan.batches(folds, a_job=at_most)


@cache
def tell_retraining(dataset, experiment, folds, code, untracked):
    """Tell once, before the run, that finished folds are of other code or settings, and what is done with them."""
    method = plan.method_of(project.experiment(experiment, dataset))
    notice = plan.retraining_notice(
        dataset, experiment, folds, method=method, code=code, untracked=untracked
    )
    if notice and workflow.is_main_process:
        logger.warning(notice)


def lists_of_fold_batches(wildcards):
    """Return for each fold the list of the job that trains it.

    They are marked as services, of which Snakemake keeps the number and no path: how folds are divided among jobs is no
    part of what the list of all was made of.
    """
    names = wildcards.dataset, wildcards.experiment
    forget_missing_folds(*names)
    folds = tuple(folds_of(*names))
    batches = batches_of(*names, folds)
    lists = [paths.fold_batch_list(*names, batches[fold]) for fold in folds]
    refuse_untracked_folds(*names, dict.fromkeys(lists))
    untracked = any(map(is_untracked, lists))
    tell_retraining(*names, folds, training_code(wildcards), untracked)
    return list(map(service, lists))


def list_of_fold(wildcards):
    """Return the list of the job that trains one fold, with others."""
    names = wildcards.dataset, wildcards.experiment
    forget_missing_folds(*names)
    folds = tuple(folds_of(*names))
    plan.check_fold(wildcards.fold, folds, *names)
    return paths.fold_batch_list(*names, batches_of(*names, folds)[wildcards.fold])


def folds_of_job(wildcards):
    """Return the folds that a job trains."""
    return plan.folds_of_batch(folds_of_experiment(wildcards), wildcards.batch)


# MB of a job and minutes of a fold, by the kind of artefact that a network reads. Measured: 5800 MB for 16 frames of
# 224 px, 4000 for pictures, 2000 for points; 8 hours of a CPU for the longest fold on micro-expressions (docs/scale.md).
training_needs = {"sequences": (8000, 720), "magnified": (6000, 720)}


def needs_of_training(wildcards):
    """Return the MB of a job, and the minutes of one of its folds."""
    return training_needs.get(experiment_of(wildcards).kind, (4000, 120))


def memory_of_training(wildcards, attempt):
    """Return the MB that a job may take."""
    return needs_of_training(wildcards)[0] * attempt


def runtime_of_fold(wildcards, attempt):
    """Return the minutes that the training of one fold may take."""
    return needs_of_training(wildcards)[1] * attempt


def runtime_of_training(wildcards, attempt):
    """Return the minutes that a job may take.

    For several folds not more than a day is asked for, longer than which many clusters refuse: folds that are trained
    are kept, and the next attempt goes on behind them.
    """
    minutes = runtime_of_fold(wildcards, attempt)
    return max(minutes, min(1440, minutes * len(folds_of_job(wildcards))))
