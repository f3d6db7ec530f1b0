"""Pictures of the stages behind an experiment: one clip each."""


rule draw_magnification:
    """Draw one clip before and after magnification, and the two in turns."""
    input:
        clips=paths.clips("{dataset}"),
        shards=shards_of_kind("magnified"),
        faces=shards_of_kind("faces"),
    output:
        magnified=stage_picture("magnified", caption="../report/magnified.rst"),
        flicker=stage_picture("flicker", caption="../report/flicker.rst"),
    log:
        paths.log("draw_magnification", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_magnification", "{dataset}", "{experiment}")
    wildcard_constraints:
        dataset=datasets_with_shards,
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        settings=experiment_settings("labels", "expressions"),
        code=fingerprint(
            "draw_magnification",
            "merflow.visualization.draw",
            "merflow.visualization.flicker",
            "merflow.visualization.choice",
        ),
    message:
        "Draw a magnified clip of {wildcards.dataset} ({wildcards.experiment})"
    script:
        "../scripts/draw_magnification.py"


rule draw_graphs:
    """Draw the landmark graph of one clip on its face, and how its nodes move."""
    input:
        clips=paths.clips("{dataset}"),
        shards=shards_of_kind("graphs"),
        magnified=shards_of_kind("magnified"),
    output:
        graphs=stage_picture("graphs", caption="../report/graphs.rst"),
    log:
        paths.log("draw_graphs", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_graphs", "{dataset}", "{experiment}")
    wildcard_constraints:
        dataset=datasets_with_shards,
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        settings=experiment_settings("labels", "expressions"),
        code=fingerprint("draw_graphs", "merflow.visualization.draw"),
    message:
        "Draw a landmark graph of {wildcards.dataset} ({wildcards.experiment})"
    script:
        "../scripts/draw_graphs.py"


rule draw_flow_images:
    """Draw the flow image of one clip: its channels in their units, and as the network sees them."""
    input:
        clips=paths.clips("{dataset}"),
        shards=shards_of_kind("flow_images"),
        earlier=stages_behind_flow_images,
    output:
        flow_images=stage_picture("flow_images", caption="../report/flow_images.rst"),
    log:
        paths.log("draw_flow_images", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_flow_images", "{dataset}", "{experiment}")
    wildcard_constraints:
        dataset=datasets_with_shards,
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        settings=experiment_settings("labels", "expressions"),
        code=fingerprint("draw_flow_images", "merflow.visualization.draw"),
    message:
        "Draw a flow image of {wildcards.dataset} ({wildcards.experiment})"
    script:
        "../scripts/draw_flow_images.py"


rule draw_sequences:
    """Draw one resampled clip as a strip of film, and what its frames differ by from the onset."""
    input:
        clips=paths.clips("{dataset}"),
        shards=shards_of_kind("sequences"),
        faces=shards_of_kind("faces"),
    output:
        sequences=stage_picture("sequences", caption="../report/sequences.rst"),
    log:
        paths.log("draw_sequences", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_sequences", "{dataset}", "{experiment}")
    wildcard_constraints:
        dataset=datasets_with_shards,
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        settings=experiment_settings("labels", "expressions"),
        code=fingerprint("draw_sequences", "merflow.visualization.draw"),
    message:
        "Draw a sequence of {wildcards.dataset} ({wildcards.experiment})"
    script:
        "../scripts/draw_sequences.py"
