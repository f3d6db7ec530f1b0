"""What the final model of an experiment is made of, and what it says of itself."""

from merflow.prediction.planned import about_planned, files_named


def final_about(wildcards):
    """Return what a final model says of itself, as far as it is known before it is trained."""
    return about_planned(project, wildcards.experiment, wildcards.dataset)


def final_files(wildcards):
    """Return the paths of the files that settings of its stages name."""
    return files_named(project, wildcards.experiment, wildcards.dataset)


def final_metrics(wildcards):
    """Return the metrics of the folds, once it is known that a final model can be made: none goes out unmeasured."""
    final_about(wildcards)
    return paths.experiment(wildcards.dataset, wildcards.experiment, "metrics.csv")


def runtime_of_final(wildcards, attempt):
    """Return the minutes that the training may take: of all seeds, on more clips than a fold has, one by one."""
    return min(1440, 3 * needs_of_training(wildcards)[1] * attempt)
