"""Input functions of learning curves: which draws, and what they may take."""


def points_of_curve(wildcards):
    """Return the number of points of a curve, once the protocol is found to have one."""
    plan.check_curve(wildcards.dataset, wildcards.experiment, experiment_of(wildcards))
    return project.learning_curve.points


def draws_of_curve(wildcards):
    """Return the scores of each draw."""
    names = wildcards.dataset, wildcards.experiment
    plan.check_curve(*names, experiment_of(wildcards))
    return [
        paths.experiment(*names, "learning_curve", f"{draw}.csv")
        for draw in range(project.learning_curve.draws)
    ]


def runtime_of_curve(wildcards, attempt):
    """Return the minutes that a draw may take: a day for each attempt; many clusters refuse more than one or two."""
    return 1440 * attempt
