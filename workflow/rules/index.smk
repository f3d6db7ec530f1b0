"""From an official layout to one table of clips."""


checkpoint index_dataset:
    """Read annotation sheets and folders; write one row a clip, and one row for each clip left out."""
    input:
        lambda wildcards: plan.annotation_inputs(project, wildcards.dataset),
    output:
        clips=paths.clips("{dataset}"),
        exclusions=paths.exclusions("{dataset}"),
    log:
        paths.log("index_dataset", "{dataset}"),
    benchmark:
        paths.benchmark("index_dataset", "{dataset}")
    conda:
        "../../envs/preprocessing.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(20),
    params:
        reader=lambda wildcards: project.datasets[wildcards.dataset].reader,
        settings=lambda wildcards: dict(project.datasets[wildcards.dataset].own),
        members=lambda wildcards: plan.members(project, wildcards.dataset),
        selection=lambda wildcards: plan.selection(project, wildcards.dataset),
        refused=lambda wildcards: plan.refused_in_index(
            project, paths.exclusions(wildcards.dataset)
        ),
        exclude=lambda wildcards: plan.review(project, wildcards.dataset),
        apexes=lambda wildcards: plan.apexes(project, wildcards.dataset),
        sheets=lambda wildcards: plan.annotation_sheets(project, wildcards.dataset),
        code=fingerprint(
            "index_dataset", "merflow.datasets.registry", found_by_name=reader_of
        ),
    message:
        "Index {wildcards.dataset}"
    script:
        "../scripts/index_dataset.py"
