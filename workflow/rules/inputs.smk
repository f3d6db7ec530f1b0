"""Input functions: from the wildcards of a job to the files that it reads."""

from merflow.stages.magnified.learned import SHIPPED_WEIGHTS
from merflow.reading import content_of
from merflow.stages import ancestors


def upstream_shard(kind, upstream):
    """Return an input function for the shard of the same subject that a variant is computed from."""

    def find(wildcards):
        plan.check_source(config, wildcards.dataset, kind)
        variant = variant_settings(config, kind, wildcards.variant)[upstream]
        return paths.shard(wildcards.dataset, upstream, variant, wildcards.subject)

    return find


def ancestor_shard(kind, ancestor):
    """Return an input function for a shard further up the chain of variants."""

    def find(wildcards):
        plan.check_source(config, wildcards.dataset, kind)
        variant = plan.ancestor_variant(config, kind, wildcards.variant, ancestor)
        return paths.shard(wildcards.dataset, ancestor, variant, wildcards.subject)

    return find


def magnifier_weights(wildcards):
    """Return the weights of a learned magnification as an input where they are a result; others are told by content."""
    return trained_here(variant_settings(config, "magnified", wildcards.variant))


def content_of_weights(wildcards):
    """Return the SHA-256 of the weights of a learned magnification that are no result: the user's, or merflow's own."""
    return content_of_given(variant_settings(config, "magnified", wildcards.variant))


def measured_weights(wildcards):
    """Return the weights that the measurement of magnifications takes where they are a result."""
    return trained_here(measured_variant())


def content_of_measured_weights(wildcards):
    """Return the SHA-256 of the weights that the measurement of magnifications takes where they are no result."""
    return content_of_given(measured_variant())


def measured_variant():
    """Return the settings of the first learned variant that names weights; of merflow's own weights without one."""
    learned = [v for v in config["magnified"].values() if v["method"] == "learned"]
    return next(
        (v for v in learned if v["weights"]), {"method": "learned", "weights": ""}
    )


def trained_here(magnification):
    """Return the weights that a magnification names if the workflow makes them."""
    named = magnification["weights"] if magnification["method"] == "learned" else ""
    return plan.as_inputs([named] if paths.is_result(named) else [])


def content_of_given(magnification):
    """Return the SHA-256 of the weights that a magnification takes if the workflow does not make them."""
    if magnification["method"] != "learned" or trained_here(magnification):
        return ""
    return content_of_file(magnification["weights"] or SHIPPED_WEIGHTS)


@cache
def content_of_file(path):
    """Return the SHA-256 of a file of the user, once for all jobs."""
    return content_of(Path(path))


def indexed_clips(dataset):
    """Return the path of a dataset's index; Snakemake makes it first and plans again."""
    return checkpoints.index_dataset.get(dataset=dataset).output.clips


def index_of_dataset(wildcards):
    """Return the index of the dataset of a job whose parameters are found in it.

    As a function, not as a path: Snakemake then knows before the parameters that the index may have to be made first.
    """
    return indexed_clips(wildcards.dataset)


def subject_of_recordings(wildcards, kind):
    """Return the index that a subject's recorded files are found by, once there is such a subject."""
    plan.check_source(config, wildcards.dataset, kind)
    clips = indexed_clips(wildcards.dataset)
    plan.check_subject(clips, wildcards.subject)
    return plan.index_version(clips)


def rendered_recordings(wildcards):
    """Return the folder of embedded recordings; real recordings are compared by their state, and are no input."""
    embedded = config["datasets"][wildcards.dataset]["synthesis"]
    return [paths.raw(wildcards.dataset)] if embedded else []


def recorded_frames(wildcards, *, kind, roles, depth):
    """Return the state of a subject's recorded frames that stand for roles."""
    version = subject_of_recordings(wildcards, kind)
    if rendered_recordings(wildcards):
        return ""
    return plan.recorded_frames(
        version,
        wildcards.subject,
        root=config["datasets"][wildcards.dataset]["root"],
        roles=tuple(roles),
        depth=depth,
        note=note_beside_shard(wildcards, kind),
    )


def note_beside_shard(wildcards, kind):
    """Return the path of the note that says what a subject's recorded files held."""
    return paths.recorded_state(
        wildcards.dataset, kind, wildcards.variant, wildcards.subject
    )


def frames_of_subject(wildcards):
    """Return the state of the recorded frames that a subject's faces are read from."""
    faces = variant_settings(config, "faces", wildcards.variant)
    return recorded_frames(
        wildcards, kind="faces", roles=faces["frames"], depth=faces["depth"]
    )


def frames_of_sequence(wildcards):
    """Return the state of the recorded colour frames of a subject's clips, from onset to offset."""
    return recorded_frames(wildcards, kind="sequences", roles=("all",), depth=False)


def ready_pictures(wildcards):
    """Return the state of a subject's flow images that came ready; one that is missing is the stage's to report."""
    version = subject_of_recordings(wildcards, "flow_images")
    root = config["datasets"][wildcards.dataset]["root"]
    settings = variant_settings(config, "flow_images", wildcards.variant)
    plan.check_picture_size(
        version,
        root=root,
        variant=wildcards.variant,
        size_px=settings["size_px"],
    )
    return plan.ready_pictures(
        version,
        wildcards.subject,
        root=root,
        note=note_beside_shard(wildcards, "flow_images"),
    )


def shards_of(dataset, kind, variant):
    """Return the shards of all subjects of a dataset, of a composite those of its members, once they can be made."""
    plan.check_shards(config, dataset, kind)  # before the index is made
    return plan.shards(config, indexed_clips(dataset), dataset, kind, variant)


def shards_of_experiment(wildcards):
    """Return the shards that the examples of an experiment are taken from, one a subject."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    shards = shards_of(wildcards.dataset, *settings["artefact"].split("/"))
    clips = indexed_clips(wildcards.dataset)
    plan.check_classes(clips, settings, plan.members(config, wildcards.dataset))
    return shards


def folds_of(dataset, experiment):
    """Return the names of an experiment's folds on a dataset."""
    experiment_for(config, experiment, dataset)  # before the index is made
    return folds_of_index(
        dataset, experiment, plan.index_version(indexed_clips(dataset))
    )


@cache
def folds_of_index(dataset, experiment, version):
    """Return the folds that one version of a dataset's index gives: each of their jobs asks for all of them."""
    settings = experiment_for(config, experiment, dataset)
    members = plan.members(config, dataset)
    return plan.folds(version.path, settings, members=members)


def folds_of_experiment(wildcards):
    """Return the names of the folds of the experiment that a job belongs to."""
    return folds_of(wildcards.dataset, wildcards.experiment)


def predictions_of_experiment(wildcards):
    """Return the predictions of every fold of an experiment."""
    return [
        paths.fold(wildcards.dataset, wildcards.experiment, fold, "predictions.csv")
        for fold in folds_of_experiment(wildcards)
    ]


def all_metrics(wildcards):
    """Return the metrics of every shipped experiment on every dataset whose recordings are at hand."""
    return [
        paths.experiment(*pair, "metrics.csv")
        for pair in plan.available_experiments(config)
    ]


def all_examples(wildcards):
    """Return the examples of every shipped experiment on every dataset whose recordings are at hand."""
    return [
        paths.experiment(*pair, "examples.h5")
        for pair in plan.available_experiments(config)
    ]


def baseline_metrics(wildcards):
    """Return the metrics that stand beside those of an experiment."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    return [
        paths.experiment(wildcards.dataset, name, "metrics.csv")
        for name in settings["baselines"]
    ]


def pictures_of_experiment(wildcards):
    """Return the pictures that stand beside the metrics of a network: every stage, its training, what it learnt."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    composite = bool(plan.members(config, wildcards.dataset))
    return [
        paths.experiment(wildcards.dataset, wildcards.experiment, *part)
        for part in plan.pictures(settings, composite=composite)
    ]


def what_lost_a_part(wildcards):
    """Return the folder that a part of a scored experiment was removed from; it is newer than the metrics.

    Where nothing is missing the index of the dataset stands for it, which is older. Of a service no path is kept, so
    that the inputs are the same afterwards.
    """
    names = wildcards.dataset, wildcards.experiment
    wanted = plan.parts(
        experiment_for(config, names[1], names[0]),
        folds_of(*names),
        composite=bool(plan.members(config, names[0])),
    )
    found = plan.folder_that_lost_a_part(Path(paths.experiment(*names)), wanted)
    return service(str(found or paths.clips(names[0])))


def histories_of_experiment(wildcards):
    """Return the training history of every fold of an experiment."""
    return [
        paths.fold(wildcards.dataset, wildcards.experiment, fold, "history.csv")
        for fold in folds_of_experiment(wildcards)
    ]


def weights_of(dataset, experiment):
    """Return the folder of weights of every fold of an experiment."""
    folds = folds_of(dataset, experiment)
    return [paths.fold(dataset, experiment, fold, "weights") for fold in folds]


def weights_that_show(what):
    """Return an input function for the folders of weights of a network that is found to have what a job draws."""

    def find(wildcards):
        name = wildcards.experiment
        settings = experiment_for(config, name, wildcards.dataset)
        plan.check_shows(name, settings, what)
        return weights_of(wildcards.dataset, name)

    return find


def both_with_layers(wildcards):
    """Return the names of both experiments that a job compares, once their networks are found to have layers to draw."""
    both = both_settings(wildcards)
    for name, settings in both.items():
        plan.check_shows(name, settings, "layers")
    return list(both)


def weights_of_both(wildcards):
    """Return the folders of weights of both experiments whose layers a job compares."""
    both = both_with_layers(wildcards)
    return [path for name in both for path in weights_of(wildcards.dataset, name)]


def examples_of_both(wildcards):
    """Return the examples of both experiments whose layers a job compares."""
    both = both_with_layers(wildcards)
    return [paths.experiment(wildcards.dataset, name, "examples.h5") for name in both]


def predictions_of_both(wildcards):
    """Return the predictions of both experiments that a job compares."""
    both = both_settings(wildcards)
    return [
        paths.experiment(wildcards.dataset, name, "predictions.csv") for name in both
    ]


def shards_of_kind(kind):
    """Return an input function for the shards of one kind in the chain of an experiment, one a subject."""

    def find(wildcards):
        variant = plan.variant_in_chain(
            config, wildcards.experiment, kind, dataset=wildcards.dataset
        )
        return shards_of(wildcards.dataset, kind, variant)

    return find


def shards_behind(kind):
    """Return an input function for the shards that those of a kind were made from; of what came ready there are none."""

    def find(wildcards):
        if plan.came_ready(config, wildcards.dataset):
            return []
        return [
            path
            for ancestor in ancestors(kind)
            for path in shards_of_kind(ancestor)(wildcards)
        ]

    return find


def chain_of_experiment(wildcards):
    """Return every shard that an experiment's examples go back to, kind by kind."""
    settings = experiment_for(config, wildcards.experiment, wildcards.dataset)
    return chain_of_artefact(wildcards.dataset, settings["artefact"])


def accuracy_chain(wildcards):
    """Return the shards that the accuracy table measures."""
    return chain_of_artefact(wildcards.dataset, config["accuracy"])


def faces_of_landmark_accuracy(wildcards):
    """Return the faces that the measured magnified variants are computed from."""
    variant = config["magnified"][config["landmark_accuracy"][0]]["faces"]
    return shards_of(wildcards.dataset, "faces", variant)


def magnified_of_landmark_accuracy(wildcards):
    """Return the shards of every measured magnified variant, variant by variant."""
    return [
        path
        for variant in config["landmark_accuracy"]
        for path in shards_of(wildcards.dataset, "magnified", variant)
    ]


def chain_of_artefact(dataset, artefact):
    """Return the shards of an artefact and of all that it is computed from, of every subject."""
    return [
        path
        for kind, variant in plan.artefact_chain(config, artefact, dataset=dataset)
        for path in shards_of(dataset, kind, variant)
    ]
