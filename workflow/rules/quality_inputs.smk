"""Input functions of the quality pages: which artefacts of a dataset they read."""


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
