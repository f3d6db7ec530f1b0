"""From depth and motion to point clouds, and from clouds to eight regions of the face."""


rule build_clouds:
    """Back-project the apex face into the camera frame, each point with its motion since the onset."""
    input:
        faces=ancestor_shard("clouds", "faces"),
        flow=ancestor_shard("clouds", "flow"),
        depth_flow=upstream_shard("clouds", "depth_flow"),
    output:
        shard=paths.shard("{dataset}", "clouds", "{variant}", "{subject}"),
    log:
        paths.log("build_clouds", "{dataset}", "{variant}", "{subject}"),
    benchmark:
        paths.benchmark("build_clouds", "{dataset}", "{variant}", "{subject}")
    conda:
        "../../envs/preprocessing.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        settings=variant_of("clouds"),
        refused=refused_clips("clouds"),
        code=fingerprint("build_clouds", "merflow.stages.clouds.stage", kind="clouds"),
    message:
        "Back-project the faces of {wildcards.subject} ({wildcards.dataset}, {wildcards.variant})"
    script:
        "../scripts/build_clouds.py"


rule sample_regions:
    """Divide each cloud into eight regions and keep the points of largest motion of each."""
    input:
        faces=ancestor_shard("regions", "faces"),
        clouds=upstream_shard("regions", "clouds"),
    output:
        shard=paths.shard("{dataset}", "regions", "{variant}", "{subject}"),
    log:
        paths.log("sample_regions", "{dataset}", "{variant}", "{subject}"),
    benchmark:
        paths.benchmark("sample_regions", "{dataset}", "{variant}", "{subject}")
    conda:
        "../../envs/preprocessing.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(30),
    params:
        settings=variant_of("regions"),
        refused=refused_clips("regions"),
        code=fingerprint(
            "sample_regions", "merflow.stages.regions.stage", kind="regions"
        ),
    message:
        "Sample the regions of {wildcards.subject} ({wildcards.dataset}, {wildcards.variant})"
    script:
        "../scripts/sample_regions.py"
