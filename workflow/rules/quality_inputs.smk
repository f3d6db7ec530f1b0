"""Input functions of the quality pages: which artefacts of a dataset they read, and which pages those of a composite."""

composites = plan.one_of(
    name for name, block in project.datasets.items() if block.members
)


def quality_artefacts(wildcards):
    """Return kind and variant of every artefact that the quality pages of a dataset read."""
    clips = indexed_clips(wildcards.dataset)
    return plan.quality_artefacts(project, wildcards.dataset, clips)


def lists_of_quality(wildcards):
    """Return the lists of the shards that the quality pages of a dataset read."""
    return lists_of_each(wildcards.dataset, quality_artefacts(wildcards))


def quality_modules(wildcards):
    """Return the modules that measure what the quality pages of a dataset show."""
    kinds = [kind for kind, _ in quality_artefacts(wildcards)]
    return plan.quality_modules(project, wildcards.dataset, kinds)


def members_of(wildcards):
    """Return the members of a composite."""
    return list(project.datasets[wildcards.dataset].members)


def quality_of_members(wildcards):
    """Return the tables of clips of the members of a composite, and their dictionaries."""
    return [
        paths.quality(member, name)
        for member in members_of(wildcards)
        for name in ("clips.tsv", "clips.json")
    ]


def experiments_of_quality(wildcards):
    """Return the experiments whose predictions the quality pages of a dataset show."""
    return plan.quality_experiments(project, wildcards.dataset)


def predictions_of_quality(wildcards):
    """Return the predictions of those experiments."""
    return [
        paths.experiment(wildcards.dataset, name, "predictions.csv")
        for name in experiments_of_quality(wildcards)
    ]


def reference_of_quality(wildcards):
    """Return the table of clips that the pages compare with, unless it is their own."""
    reference = project.qc.reference
    own = Path(paths.quality(wildcards.dataset, "clips.tsv"))
    return [reference] if reference and Path(reference) != own else []
