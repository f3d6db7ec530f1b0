"""Batches of folds: what one job trains, and what it asks for."""

from functools import cache

from merflow.config.inputs import YARDSTICKS

yardsticks = plan.one_of(
    name
    for name, settings in config["experiments"].items()
    if settings["model"] in YARDSTICKS
)


training_settings = experiment_settings(
    "model", "model_params", "protocol", "training", "seeds"
)


@cache
def batches_of_folds(dataset, experiment, folds):
    """Return the batch of each fold, decided once: results that come in the meantime do not divide them anew."""
    predictions = (
        paths.fold(dataset, experiment, fold, "predictions.csv") for fold in folds
    )
    done = {fold for fold, path in zip(folds, predictions) if os.path.exists(path)}
    per_job = folds_per_job(config, experiment, dataset)
    if config["experiments"][experiment]["model"] in YARDSTICKS:
        per_job = len(folds)  # a fold takes seconds
    return plan.batches(folds, done, folds_per_job=per_job)


def batch_of_fold(wildcards):
    """Return the list of the batch that a fold is trained in."""
    names = wildcards.dataset, wildcards.experiment
    folds = folds_of(*names)
    plan.check_fold(wildcards.fold, folds, *names)
    batch = batches_of_folds(*names, tuple(folds))[wildcards.fold]
    return service(paths.trained(*names, f"{batch}.txt"))


def folds_of_job(wildcards):
    """Return the folds that a job trains."""
    return plan.folds_of_batch(folds_of_experiment(wildcards), wildcards.batch)


def runtime_of_training(wildcards, attempt):
    """Return the minutes that a job may take: of a network of images hours a fold without a GPU, of others minutes.

    At most a day is asked for: folds that are trained are kept, and the next attempt goes on behind them.
    """
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    kind = settings["artefact"].partition("/")[0]
    minutes = 720 if kind in ("magnified", "sequences") else 120
    return min(1440, minutes * len(folds_of_job(wildcards))) * attempt


def memory_of_training(wildcards, attempt):
    """Return the MB that a job may take; measured: 5200 for 16 frames of 224 px, 4000 for pictures, 2000 for points."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    kind = settings["artefact"].partition("/")[0]
    return {"sequences": 8000, "magnified": 6000}.get(kind, 4000) * attempt
