"""Pictures of the stages behind an experiment: one clip each."""


rule draw_magnification:
    """Draw one clip before and after magnification, and the two in turns."""
    input:
        clips=paths.clips("{dataset}"),
        shards=shards_of_kind("magnified"),
        faces=shards_of_kind("faces"),
    output:
        magnified=report(
            paths.experiment("{dataset}", "{experiment}", "pictures", "magnified.png"),
            caption="../report/magnified.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "magnified", "clip": "first"},
        ),
        flicker=report(
            paths.experiment("{dataset}", "{experiment}", "pictures", "flicker.png"),
            caption="../report/flicker.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "flicker", "clip": "first"},
        ),
    log:
        paths.log("draw_magnification", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_magnification", "{dataset}", "{experiment}")
    wildcard_constraints:
        dataset=recorded_datasets,
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        settings=experiment_settings("labels", "expressions"),
        code=fingerprint(
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
        graphs=report(
            paths.experiment("{dataset}", "{experiment}", "pictures", "graphs.png"),
            caption="../report/graphs.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "graphs", "clip": "first"},
        ),
    log:
        paths.log("draw_graphs", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_graphs", "{dataset}", "{experiment}")
    wildcard_constraints:
        dataset=recorded_datasets,
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        settings=experiment_settings("labels", "expressions"),
        code=fingerprint("merflow.visualization.draw", "merflow.visualization.choice"),
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
        flow_images=report(
            paths.experiment(
                "{dataset}", "{experiment}", "pictures", "flow_images.png"
            ),
            caption="../report/flow_images.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "flow image", "clip": "first"},
        ),
    log:
        paths.log("draw_flow_images", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_flow_images", "{dataset}", "{experiment}")
    wildcard_constraints:
        dataset=recorded_datasets,
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        settings=experiment_settings("labels", "expressions"),
        code=fingerprint("merflow.visualization.draw", "merflow.visualization.choice"),
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
        sequences=report(
            paths.experiment("{dataset}", "{experiment}", "pictures", "sequences.png"),
            caption="../report/sequences.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "sequence", "clip": "first"},
        ),
    log:
        paths.log("draw_sequences", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_sequences", "{dataset}", "{experiment}")
    wildcard_constraints:
        dataset=recorded_datasets,
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        settings=experiment_settings("labels", "expressions"),
        code=fingerprint("merflow.visualization.draw", "merflow.visualization.choice"),
    message:
        "Draw a sequence of {wildcards.dataset} ({wildcards.experiment})"
    script:
        "../scripts/draw_sequences.py"
