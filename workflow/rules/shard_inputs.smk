"""What a job that makes shards reads, and what decides them: from the wildcards of the job, as the stage declares it."""

from merflow.stages.recorded import clips_digest


@cache
def forget_missing_shards(dataset, kind, variant):
    """Remove the lists of a variant that name shards which are not there, when its lists are first asked for.

    An input function asks before it asks for the index: until that is known, Snakemake looks at the lists that are
    targets themselves, and then remembers that they are there.
    """
    if workflow.is_main_process:
        plan.forget_missing_shards(
            Path(paths.shard_list(dataset, kind, variant)).parent
        )


def list_of_shards(dataset, kind, variant):
    """Return the list of all shards of a variant."""
    forget_missing_shards(dataset, kind, variant)
    return paths.shard_list(dataset, kind, variant)


def lists_of_batches(wildcards):
    """Return for each subject the list of the job that makes its shard.

    They are marked as services, of which Snakemake keeps the number and no path: how subjects are divided among jobs
    is no part of what the list of a variant was made of.
    """
    names = wildcards.dataset, wildcards.kind, wildcards.variant
    plan.check_source(project, wildcards.dataset, wildcards.kind)
    project.variant(wildcards.kind, wildcards.variant)  # or it is refused
    forget_missing_shards(*names)
    clips = indexed_clips(wildcards.dataset)
    lists = [
        paths.batch_list(*names, plan.batch_of_subject(project, clips, subject))
        for subject in plan.subjects(clips)
    ]
    refuse_untracked_shards(*names, dict.fromkeys(lists))
    return list(map(service, lists))


def datasets_of(kind, making):
    """Return a wildcard constraint for the datasets whose shards of a kind are made in one way."""
    if making.ready:
        return datasets_that_came_ready
    return (
        datasets_to_compute if STAGES[kind].importing else plan.one_of(project.datasets)
    )


def variants_of(kind, making):
    """Return a wildcard constraint for the variants of a kind whose shards are made in one way.

    A name that is no variant goes with the first way, which refuses it with those that there are.
    """
    stage = STAGES[kind]
    if not stage.instead:
        return VARIANT
    others = [
        name
        for name in config[kind]
        if stage.making_of(project.variant(kind, name).plain) is not stage.making
    ]
    if making is stage.making:
        return f"(?!(?:{plan.one_of(others)})(?:/|$)){VARIANT}"
    return plan.one_of(
        name
        for name in others
        if stage.making_of(project.variant(kind, name).plain) is making
    )


def variants_above(wildcards, kind, making):
    """Return the variant of each kind of upstream shard that a variant reads."""
    plan.check_source(project, wildcards.dataset, kind)
    return {
        upstream: plan.ancestor_variant(project, kind, wildcards.variant, upstream)
        for upstream in making.reads
    }


def variants_read(kind, making):
    """Return a parameter function for the variants of the upstream shards that a job reads, by kind."""
    return lambda wildcards: variants_above(wildcards, kind, making)


def lists_read(kind, making):
    """Return an input function for the lists of the upstream shards that a job reads."""

    def find(wildcards):
        forget_missing_shards(wildcards.dataset, kind, wildcards.variant)
        found = []
        for upstream, variant in variants_above(wildcards, kind, making).items():
            names = wildcards.dataset, upstream, variant
            forget_missing_shards(*names)
            found.append(paths.batch_list(*names, wildcards.batch))
        return found

    return find


def shards_read(kind, making):
    """Return an input function for the upstream shards of one subject: one of them may be forced in the same run."""
    return lambda wildcards: [
        paths.shard(wildcards.dataset, upstream, variant, wildcards.subject)
        for upstream, variant in variants_above(wildcards, kind, making).items()
    ]


def list_of_subject(kind):
    """Return an input function for the list of the job that makes the shard of one subject, with others."""

    def find(wildcards):
        plan.check_source(project, wildcards.dataset, kind)
        names = wildcards.dataset, kind, wildcards.variant
        forget_missing_shards(*names)
        clips = indexed_clips(wildcards.dataset)
        plan.check_subject(clips, wildcards.subject)
        return paths.batch_list(
            *names, plan.batch_of_subject(project, clips, wildcards.subject)
        )

    return find


def recordings_read(making):
    """Return an input function for the embedded recordings that a job reads; real ones are compared by their state."""
    return lambda wildcards: (
        rendered_recordings(wildcards) if making.reads_recordings else []
    )


def files_planned(kind, making, wildcards):
    """Return the files that a variant reads and that planning looks at, by name."""
    return making.files_planned(project.variant(kind, wildcards.variant).settings)


def results_read(kind, making):
    """Return an input function for the files that a variant reads and the workflow makes."""
    return lambda wildcards: trained_here(files_planned(kind, making, wildcards))


def content_of_given(kind, making):
    """Return a parameter function for the content of the files that a variant reads and the workflow does not make."""
    return lambda wildcards: content_of_others(files_planned(kind, making, wildcards))


def settings_of_shard(kind, making):
    """Return a parameter function for the settings that decide the numbers of a shard."""
    return lambda wildcards: making.settings_of(
        project.variant(kind, wildcards.variant).plain,
        config["datasets"][wildcards.dataset],
    )


def what_decides(kind, number, making):
    """Return the parameters of a job that makes shards, but for its code."""
    return {
        "kind": kind,
        "making": number,
        "subjects": subjects_of_job,
        "settings": settings_of_shard(kind, making),
        "above": variants_read(kind, making),
        "clips": clips_of_subjects(kind, making),
        "recorded": recorded_of_subjects(kind, making),
        "given": content_of_given(kind, making),
        "refused": refused_clips(kind),
    }


def making_now(dataset, kind, variant):
    """Return how the shards of a variant are made in a dataset."""
    stage = STAGES[kind]
    if plan.came_ready(project, dataset):
        return stage.importing
    return stage.making_of(project.variant(kind, variant).plain)


def made_of(dataset, artefacts):
    """Return settings and code of kinds of artefact, of a composite those of each member.

    What reads shards has them among its parameters. Without them an edit would not be noticed where the shards and
    their lists were deleted to save disk: Snakemake compares nothing of files that are not there.
    """
    found = {}
    for owner in project.datasets[dataset].members or [dataset]:
        ready = plan.came_ready(project, owner)
        for kind, variant in artefacts[-1:] if ready else artefacts:
            plain = project.variant(kind, variant).plain
            making = making_now(owner, kind, variant)
            settings = making.settings_of(plain, config["datasets"][owner])
            code = code_of("make_shards", *plan.making_modules(making), kind=kind)
            found[f"{owner}: {kind}/{variant}"] = [settings, code]
    return found


def made_of_variant(wildcards):
    """Return what decides the shards of a variant, from the recordings on."""
    artefact = f"{wildcards.kind}/{wildcards.variant}"
    chain = plan.artefact_chain(project, artefact, dataset=wildcards.dataset)
    return made_of(wildcards.dataset, chain)


def made_of_experiment(wildcards):
    """Return what decides the shards that an experiment's examples are taken from, from the recordings on."""
    return made_of(wildcards.dataset, chain_of_experiment(wildcards))


def subjects_of_job(wildcards):
    """Return the subjects whose shards a job makes."""
    clips = indexed_clips(wildcards.dataset)
    if "subject" in wildcards.keys():
        plan.check_subject(clips, wildcards.subject)
        return [wildcards.subject]
    return plan.subjects_of_batch(clips, wildcards.batch)


def runtime_of_subjects(minutes):
    """Return a resource function: minutes for each subject of a job, and as much again for each attempt.

    For several subjects not more than a day is asked for: shards that are made are kept by the next attempt. A job of
    one subject does not look into the index, which need not be there yet: Snakemake takes no resource that waits for a
    checkpoint.
    """

    def find(wildcards, attempt):
        asked = minutes * attempt
        if "subject" in wildcards.keys():
            return asked
        return max(asked, min(1440, asked * len(subjects_of_job(wildcards))))

    return find


def clips_of_subjects(kind, making):
    """Return a parameter function for what the index says of a job's recordings, as one digest a subject."""

    def find(wildcards):
        if not making.reads_recordings:
            return {}
        settings = project.variant(kind, wildcards.variant).settings
        by_subject = plan.clips_by_subject(indexed_clips(wildcards.dataset))
        return {
            subject: clips_digest(making.clips_read(by_subject[subject], settings))
            for subject in subjects_of_job(wildcards)
        }

    return find


def recorded_of_subjects(kind, making):
    """Return a parameter function for the state of the recorded files that a job reads, by subject."""

    def find(wildcards):
        plan.check_source(project, wildcards.dataset, kind)
        if not making.reads_recordings or rendered_recordings(wildcards):
            return {}
        return {
            subject: state_of_recordings(wildcards, kind, making, subject)
            for subject in subjects_of_job(wildcards)
        }

    return find


def state_of_recordings(wildcards, kind, making, subject):
    """Return the state of the recorded files of one subject; one that is missing is the stage's to report."""
    version = plan.index_version(indexed_clips(wildcards.dataset))
    root = project.datasets[wildcards.dataset].root
    settings = project.variant(kind, wildcards.variant).settings
    note = paths.recorded_state(wildcards.dataset, kind, wildcards.variant, subject)
    if making.ready:
        plan.check_picture_size(
            version, root=root, variant=wildcards.variant, size_px=settings.size_px
        )
        return plan.ready_pictures(version, subject, root=root, note=note)
    frames = making.frames_read(settings)
    if not frames.files:
        return ""
    return plan.recorded_frames(
        version,
        subject,
        root=root,
        roles=frames.roles,
        depth=frames.depth,
        note=note,
        scans=frames.scans,
    )


def refused_clips(kind):
    """Return a parameter function for the clips that shards have left out, where clips must not be left out."""
    return lambda wildcards: plan.refused_in_shards(
        project,
        [
            paths.shard(wildcards.dataset, kind, wildcards.variant, subject)
            for subject in subjects_of_job(wildcards)
        ],
        stage=kind,
    )
