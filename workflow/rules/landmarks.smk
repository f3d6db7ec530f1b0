"""From frames to landmark graphs over space and time."""


rule build_graphs:
    """Find the landmarks on the onset, follow them to apex and offset, and join them to a graph."""
    input:
        magnified=upstream_shard("graphs", "magnified"),
    output:
        shard=paths.shard("{dataset}", "graphs", "{variant}", "{subject}"),
    log:
        paths.log("build_graphs", "{dataset}", "{variant}", "{subject}"),
    benchmark:
        paths.benchmark("build_graphs", "{dataset}", "{variant}", "{subject}")
    conda:
        "../../envs/preprocessing.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        settings=variant_of("graphs"),
        refused=refused_clips("graphs"),
        code=fingerprint("build_graphs", "merflow.stages.graphs.stage", kind="graphs"),
    message:
        "Build the landmark graphs of {wildcards.subject} ({wildcards.dataset}, {wildcards.variant})"
    script:
        "../scripts/build_graphs.py"
