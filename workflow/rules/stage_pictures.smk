"""Pictures of the stages behind an experiment: one clip each."""


rule draw_magnification:
    """Draw one clip before and after magnification, and the two in turns."""
    input:
        clips=paths.clips("{dataset}"),
        lists=lists_of_kinds("faces", "magnified"),
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
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        shards=shards_of_kind("magnified"),
        faces=shards_of_kind("faces"),
        settings=experiment_settings("labels", "expressions"),
        code=fingerprint(
            "draw_magnification",
            "merflow.visualization.clips.draw",
            "merflow.stages.magnified.flicker",
            "merflow.visualization.clips.choice",
            *plan.picture_modules("magnified"),
        ),
    message:
        "Draw a magnified clip of {wildcards.dataset} ({wildcards.experiment})"
    script:
        "../scripts/draw_magnification.py"


for kind in plan.drawn_alone():

    rule:
        """Draw one clip of a kind of artefact: of landmark graphs, of flow images, of sequences."""
        name:
            f"draw_{kind}"
        input:
            clips=paths.clips("{dataset}"),
            lists=lists_of_chain(kind),
        output:
            picture=stage_picture(kind, caption=f"../report/{kind}.rst"),
        log:
            paths.log(f"draw_{kind}", "{dataset}", "{experiment}"),
        benchmark:
            paths.benchmark(f"draw_{kind}", "{dataset}", "{experiment}")
        wildcard_constraints:
            dataset=datasets_with_shards,
        conda:
            "../../envs/reporting.yaml"
        resources:
            mem_mb=grows(2000),
            runtime=grows(20),
        params:
            kind=kind,
            shards=shards_of_kind(kind),
            settings=experiment_settings("labels", "expressions"),
            code=fingerprint(
                "draw_stage",
                "merflow.visualization.clips.draw",
                *plan.picture_modules(kind),
            ),
        message:
            "Draw a clip of {wildcards.dataset} ({wildcards.experiment}): {params.kind}"
        script:
            "../scripts/draw_stage.py"
