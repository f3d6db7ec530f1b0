"""Input functions: from the wildcards of a job to the files that it reads."""

from itertools import chain

from merflow.reading import content_of
from merflow.stages import STAGES
from merflow.stages.magnified.settings import MagnificationSettings

MANY = 12
"""Experiments above which a run of all of them says so: in a fresh checkout they take days."""


def measured_weights(wildcards):
    """Return the weights that the measurement of magnifications takes where they are a result."""
    return trained_here(files_of("magnified", measured_variant()))


def content_of_measured_weights(wildcards):
    """Return the SHA-256 of the weights that the measurement of magnifications takes where they are no result."""
    return content_of_others(files_of("magnified", measured_variant()))


def measured_variant():
    """Return the settings of the first learned variant that names weights; of merflow's own weights without one."""
    variants = [
        project.variant("magnified", name).settings for name in config["magnified"]
    ]
    learned = [own for own in variants if own.method == "learned"]
    return next(
        (own for own in learned if own.weights), MagnificationSettings(method="learned")
    )


def files_of(kind, settings):
    """Return the files besides recordings and shards that a variant of a stage reads, by name."""
    return STAGES[kind].making.files_read(settings)


def trained_here(files):
    """Return those files that the workflow makes."""
    return plan.as_inputs(path for path in files.values() if paths.is_result(path))


def content_of_others(files):
    """Return the SHA-256 of each file that the workflow does not make, by name."""
    others = {n: path for n, path in files.items() if not paths.is_result(path)}
    return {name: content_of_file(path) for name, path in others.items()}


@cache
def content_of_file(path):
    """Return the SHA-256 of a file of the user, once for all jobs."""
    return content_of(Path(path))


def indexed_clips(dataset):
    """Return the path of a dataset's index; Snakemake makes it first and plans again.

    In a dry run of `merflow plan` it may be an index of the recordings as they are now, which is no result.
    """
    made = checkpoints.index_dataset
    return plan.foreseen_index(dataset) or made.get(dataset=dataset).output.clips


def index_of_dataset(wildcards):
    """Return the index of the dataset of a job whose parameters are found in it.

    As a function, not as a path: Snakemake then knows before the parameters that the index may have to be made first.
    """
    if plan.foreseen_index(wildcards.dataset):
        return paths.clips(wildcards.dataset)
    return indexed_clips(wildcards.dataset)


def rendered_recordings(wildcards):
    """Return the folder of embedded recordings; real recordings are compared by their state, and are no input."""
    embedded = project.datasets[wildcards.dataset].synthesis
    return [paths.raw(wildcards.dataset)] if embedded else []


def shards_of(dataset, kind, variant):
    """Return the shards of all subjects of a dataset, of a composite those of its members, once they can be made."""
    plan.check_shards(project, dataset, kind)  # before the index is made
    return plan.shards(project, indexed_clips(dataset), dataset, kind, variant)


def lists_of(dataset, kind, variant):
    """Return the list of the shards of a variant, of a composite that of each member, once they can be made."""
    shards_of(dataset, kind, variant)
    owners = project.datasets[dataset].members or [dataset]
    return [list_of_shards(owner, kind, variant) for owner in owners]


def artefact_of(wildcards):
    """Return the kind and the variant that the examples of an experiment are taken from."""
    own = experiment_of(wildcards)
    return own.kind, own.variant


def shards_of_experiment(wildcards):
    """Return the shards that the examples of an experiment are taken from, one a subject."""
    return shards_of(wildcards.dataset, *artefact_of(wildcards))


def lists_of_experiment(wildcards):
    """Return the lists of the shards that the examples of an experiment are taken from."""
    lists = lists_of(wildcards.dataset, *artefact_of(wildcards))
    clips = indexed_clips(wildcards.dataset)
    members = project.datasets[wildcards.dataset].members
    plan.check_classes(clips, experiment_of(wildcards), members)
    return lists


def folds_of(dataset, experiment):
    """Return the names of an experiment's folds on a dataset."""
    project.experiment(experiment, dataset)  # before the index is made
    return folds_of_index(
        dataset, experiment, plan.index_version(indexed_clips(dataset))
    )


@cache
def folds_of_index(dataset, experiment, version):
    """Return the folds that one version of a dataset's index gives: each of their jobs asks for all of them."""
    members = project.datasets[dataset].members
    own = project.experiment(experiment, dataset)
    return plan.folds(version.path, own, members=members)


def folds_of_experiment(wildcards):
    """Return the names of the folds of the experiment that a job belongs to."""
    return folds_of(wildcards.dataset, wildcards.experiment)


@cache
def everything_at_hand():
    """Return every shipped pair of dataset and experiment whose recordings are at hand; of many, say so once."""
    pairs = plan.available_experiments(project)
    if len(pairs) > MANY:
        names = ", ".join(dict.fromkeys(dataset for dataset, _ in pairs))
        networks = (own for own in pairs if not project.experiments[own[1]].is_baseline)
        one = next(networks, pairs[0])
        logger.info(
            f"merflow: everything that is at hand is asked for, {len(pairs)} experiments on {names}. `merflow plan` says "
            f"what that costs. One alone: snakemake --cores all {paths.experiment(*one, 'metrics.csv')}"
        )
    return pairs


def all_metrics(wildcards):
    """Return the metrics of every shipped experiment on every dataset whose recordings are at hand.

    Final models that somebody has asked for before are made anew with them: one that stays behind would predict by data
    that are no longer so.
    """
    pairs = everything_at_hand()
    models = [paths.final(*pair, "model.pt") for pair in pairs]
    return [
        *(paths.experiment(*pair, "metrics.csv") for pair in pairs),
        *(model for model in models if Path(model).is_file()),
    ]


def all_examples(wildcards):
    """Return the examples of every shipped experiment on every dataset whose recordings are at hand."""
    return [paths.experiment(*pair, "examples.h5") for pair in everything_at_hand()]


def baseline_metrics(wildcards):
    """Return the metrics that stand beside those of an experiment."""
    return [
        paths.experiment(wildcards.dataset, name, "metrics.csv")
        for name in experiment_of(wildcards).baselines
    ]


def pictures_of_experiment(wildcards):
    """Return the pictures that stand beside the metrics of a network: every stage, its training, what it learnt."""
    composite = bool(project.datasets[wildcards.dataset].members)
    return [
        paths.experiment(wildcards.dataset, wildcards.experiment, *part)
        for part in plan.pictures(experiment_of(wildcards), composite=composite)
    ]


def what_lost_a_part(wildcards):
    """Return the folder that a part of a scored experiment was removed from; it is newer than the metrics.

    The list of its folds counts as one: it goes when a fold is trained of other things than the metrics were made of.
    Where nothing is missing the index of the dataset stands for it, which is older. Of a service no path is kept, so
    that the inputs are the same afterwards.
    """
    names = wildcards.dataset, wildcards.experiment
    refuse_untracked_scores(*names)
    wanted = plan.parts(
        experiment_of(wildcards),
        folds_of(*names),
        composite=bool(project.datasets[names[0]].members),
    )
    listed = (Path(list_of_folds(*names)).name,)
    found = plan.folder_that_lost_a_part(
        Path(paths.experiment(*names)), chain([listed], wanted)
    )
    return service(str(found or paths.clips(names[0])))


def weights_of(dataset, experiment):
    """Return for each fold its folder of weights where that alone was deleted, and else the list of all folds.

    So weights are trained again only where a job needs them. They are marked as services, of which Snakemake keeps the
    number and no path: with the weights and without, the inputs of a picture are the same.
    """
    listed = list_of_folds(dataset, experiment)
    place = lambda fold: paths.fold(dataset, experiment, fold)
    lacking = lambda fold: plan.lacks_only_weights(Path(place(fold)))
    return [
        service(f"{place(fold)}/weights" if lacking(fold) else listed)
        for fold in folds_of(dataset, experiment)
    ]


def weights_that_show(what):
    """Return an input function for the weights of a network that is found to have what a job draws."""

    def find(wildcards):
        name = wildcards.experiment
        plan.check_shows(name, experiment_of(wildcards), what)
        return weights_of(wildcards.dataset, name)

    return find


def both_with_layers(wildcards):
    """Return the names of both experiments that a job compares, once their networks are found to have layers to draw."""
    both = both_experiments(wildcards)
    for name, experiment in both.items():
        plan.check_shows(name, experiment, "layers")
    return list(both)


def lists_of_both(wildcards):
    """Return the lists of the folds of both experiments whose layers a job compares."""
    return [
        list_of_folds(wildcards.dataset, name) for name in both_with_layers(wildcards)
    ]


def weights_of_both(wildcards):
    """Return the weights of both experiments whose layers a job compares."""
    both = both_with_layers(wildcards)
    return [path for name in both for path in weights_of(wildcards.dataset, name)]


def examples_of_both(wildcards):
    """Return the examples of both experiments whose layers a job compares."""
    both = both_with_layers(wildcards)
    return [paths.experiment(wildcards.dataset, name, "examples.h5") for name in both]


def predictions_of_both(wildcards):
    """Return the predictions of both experiments that a job compares."""
    both = both_experiments(wildcards)
    return [
        paths.experiment(wildcards.dataset, name, "predictions.csv") for name in both
    ]


def variant_in_chain(wildcards, kind):
    """Return the variant of a kind in the chain of an experiment."""
    return plan.variant_in_chain(
        project, wildcards.experiment, kind, dataset=wildcards.dataset
    )


def shards_of_kind(kind):
    """Return an input function for the shards of one kind in the chain of an experiment, one a subject."""
    return lambda wildcards: shards_of(
        wildcards.dataset, kind, variant_in_chain(wildcards, kind)
    )


def lists_of_kinds(*kinds):
    """Return an input function for the lists of the shards of kinds in the chain of an experiment."""
    return lambda wildcards: [
        path
        for kind in kinds
        for path in lists_of(wildcards.dataset, kind, variant_in_chain(wildcards, kind))
    ]


def lists_of_chain(kind):
    """Return an input function for the lists of a kind and of those that it was made from; of what came ready of itself."""

    def find(wildcards):
        artefact = f"{kind}/{variant_in_chain(wildcards, kind)}"
        chain = plan.artefact_chain(project, artefact, dataset=wildcards.dataset)
        return lists_of_each(wildcards.dataset, chain)

    return find


def chain_of_experiment(wildcards):
    """Return the kind and variant of every artefact that an experiment's examples go back to."""
    artefact = experiment_of(wildcards).artefact
    return plan.artefact_chain(project, artefact, dataset=wildcards.dataset)


def lists_of_experiment_chain(wildcards):
    """Return the lists of every shard that an experiment's examples go back to, kind by kind."""
    return lists_of_each(wildcards.dataset, chain_of_experiment(wildcards))


def accuracy_chain(wildcards):
    """Return the kind and variant of the artefacts that the accuracy table measures."""
    return plan.artefact_chain(project, project.accuracy, dataset=wildcards.dataset)


def faces_of_landmark_accuracy():
    """Return the kind and variant of the faces that the measured magnified variants are computed from."""
    measured = project.variant("magnified", project.landmark_accuracy[0])
    return [("faces", measured.upstream)]


def magnified_of_landmark_accuracy():
    """Return kind and variant of every measured magnification."""
    return [("magnified", variant) for variant in project.landmark_accuracy]


def lists_of_each(dataset, artefacts):
    """Return the lists of the shards of several artefacts."""
    return [path for artefact in artefacts for path in lists_of(dataset, *artefact)]


def shards_of_each(dataset, artefacts):
    """Return the shards of several artefacts, of every subject."""
    return [path for artefact in artefacts for path in shards_of(dataset, *artefact)]
