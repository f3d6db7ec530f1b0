"""From face crops to the motion between onset and apex, in the image and in depth."""


rule compute_flow:
    """Optical flow from onset to apex on the aligned face, and the same without the motion of the head."""
    input:
        faces=upstream_shard("flow", "faces"),
    output:
        shard=paths.shard("{dataset}", "flow", "{variant}", "{subject}"),
    log:
        paths.log("compute_flow", "{dataset}", "{variant}", "{subject}"),
    benchmark:
        paths.benchmark("compute_flow", "{dataset}", "{variant}", "{subject}")
    conda:
        "../../envs/preprocessing.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        settings=variant_of("flow"),
        refused=refused_clips("flow"),
        code=fingerprint("compute_flow", "merflow.stages.flow.stage", kind="flow"),
    message:
        "Measure the optical flow of {wildcards.subject} ({wildcards.dataset}, {wildcards.variant})"
    script:
        "../scripts/compute_flow.py"


rule compute_depth_flow:
    """Change of depth from onset to apex along the flow, the head's own approach removed."""
    input:
        faces=ancestor_shard("depth_flow", "faces"),
        flow=upstream_shard("depth_flow", "flow"),
    output:
        shard=paths.shard("{dataset}", "depth_flow", "{variant}", "{subject}"),
    log:
        paths.log("compute_depth_flow", "{dataset}", "{variant}", "{subject}"),
    benchmark:
        paths.benchmark("compute_depth_flow", "{dataset}", "{variant}", "{subject}")
    conda:
        "../../envs/preprocessing.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        settings=variant_of("depth_flow"),
        refused=refused_clips("depth_flow"),
        code=fingerprint(
            "compute_depth_flow", "merflow.stages.depth_flow.stage", kind="depth_flow"
        ),
    message:
        "Measure the change of depth of {wildcards.subject} ({wildcards.dataset}, {wildcards.variant})"
    script:
        "../scripts/compute_depth_flow.py"
