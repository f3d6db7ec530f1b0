"""From flow to the small pictures that networks of the field see, or from such pictures that came ready."""


rule compute_flow_images:
    """Horizontal and vertical flow and optical strain of each clip as one small picture."""
    input:
        flow=upstream_shard("flow_images", "flow"),
    output:
        shard=paths.shard("{dataset}", "flow_images", "{variant}", "{subject}"),
    log:
        paths.log("compute_flow_images", "{dataset}", "{variant}", "{subject}"),
    benchmark:
        paths.benchmark("compute_flow_images", "{dataset}", "{variant}", "{subject}")
    wildcard_constraints:
        dataset=datasets_to_compute,
    conda:
        "../../envs/preprocessing.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        settings=variant_of("flow_images"),
        refused=refused_clips("flow_images"),
        code=fingerprint(
            "compute_flow_images",
            "merflow.stages.flow_images.stage",
            kind="flow_images",
        ),
    message:
        "Make the flow images of {wildcards.subject} ({wildcards.dataset}, {wildcards.variant})"
    script:
        "../scripts/compute_flow_images.py"


rule import_flow_images:
    """Read the flow images of a dataset that consists of them."""
    input:
        clips=index_of_dataset,
    output:
        shard=paths.shard("{dataset}", "flow_images", "{variant}", "{subject}"),
    log:
        paths.log("import_flow_images", "{dataset}", "{variant}", "{subject}"),
    benchmark:
        paths.benchmark("import_flow_images", "{dataset}", "{variant}", "{subject}")
    wildcard_constraints:
        dataset=datasets_that_came_ready,
    conda:
        "../../envs/preprocessing.yaml"
    resources:
        mem_mb=grows(1000),
        runtime=grows(10),
    params:
        settings=import_settings,
        recorded=ready_pictures,
        refused=refused_clips("flow_images"),
        code=fingerprint(
            "import_flow_images",
            "merflow.stages.flow_images.stage",
            "merflow.datasets.clip_table",
            kind="flow_images",
        ),
    message:
        "Read the flow images of {wildcards.subject} ({wildcards.dataset}, {wildcards.variant})"
    script:
        "../scripts/import_flow_images.py"
