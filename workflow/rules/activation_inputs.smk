"""Input functions of activation maps: one experiment, or two whose maps are correlated."""


def settings_of_maps(*_):
    """Return how maps are made and which labels are correlated, as a parameter of a rule."""
    return dict(config["activation_maps"])


def both_with_maps(wildcards):
    """Return the names of both experiments of a job, once their maps are found to be there and to be comparable."""
    names = (wildcards.first, wildcards.second)
    both = {name: project.experiment(name, wildcards.dataset) for name in names}
    plan.check_maps_comparable(
        wildcards.dataset, *names, experiments=both, known=project.experiments
    )
    return names


def lists_with_maps(wildcards):
    """Return the lists of the folds of both experiments whose maps are correlated."""
    names = both_with_maps(wildcards)
    return [list_of_folds(wildcards.dataset, name) for name in names]


def weights_with_maps(wildcards):
    """Return the weights of both experiments whose maps are correlated."""
    names = both_with_maps(wildcards)
    return [path for name in names for path in weights_of(wildcards.dataset, name)]


def examples_with_maps(wildcards):
    """Return the examples of both experiments whose maps are correlated."""
    names = both_with_maps(wildcards)
    return [paths.experiment(wildcards.dataset, name, "examples.h5") for name in names]
