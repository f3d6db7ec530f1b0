"""Batches of folds: which folds a job trains, and what it may take."""

training_settings = lambda wildcards: plan.method_of(experiment_of(wildcards)).plain()
training_code = fingerprint_with_networks("train_folds", "merflow.training.batch")


@cache
def batch_lists(dataset, experiment, folds, code):
    """Return the list of each fold's batch, decided once: results that come meanwhile do not divide the folds anew."""
    settings = project.experiment(experiment, dataset)
    method = plan.method_of(settings)
    if workflow.is_main_process:
        notice = plan.retraining_notice(
            dataset, experiment, folds, method=method, code=code
        )
        if notice:
            logger.warning(notice)
    key = plan.training_key(method.plain(), code, folds)
    place = lambda fold: paths.fold(dataset, experiment, fold, "predictions.csv")
    done = {fold for fold in folds if Path(place(fold)).exists()}
    clips = plan.trained_clips(indexed_clips(dataset), settings)
    at_most = plan.folds_in_a_job(settings, folds=len(folds), clips=clips)
    batches = plan.batches(folds, done, folds_per_job=at_most)
    return {
        fold: paths.trained(dataset, experiment, key, f"{batch}.txt")
        for fold, batch in batches.items()
    }


def batch_of_fold(wildcards):
    """Return the list of the batch that a fold is trained in."""
    names = wildcards.dataset, wildcards.experiment
    folds = folds_of(*names)
    plan.check_fold(wildcards.fold, folds, *names)
    code = training_code(wildcards)
    return service(batch_lists(*names, tuple(folds), code)[wildcards.fold])


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


def runtime_of_training(wildcards, attempt):
    """Return the minutes that a job may take.

    For several folds not more than a day is asked for, longer than which many clusters refuse: folds that are trained
    are kept, and the next attempt goes on behind them.
    """
    minutes = needs_of_training(wildcards)[1] * attempt
    return max(minutes, min(1440, minutes * len(folds_of_job(wildcards))))
