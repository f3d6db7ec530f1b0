"""From predictions to numbers with their uncertainty, and the pictures that let one believe them."""


rule score_experiment:
    """Pool the predictions of all folds; metrics with 95 % intervals over subjects, baselines beside them."""
    input:
        folds=list_of_trained_folds,
        exclusions=paths.experiment("{dataset}", "{experiment}", "exclusions.csv"),
        baselines=baseline_metrics,
        pictures=pictures_of_experiment,
        whole=what_lost_a_part,
    output:
        metrics=paths.experiment("{dataset}", "{experiment}", "metrics.csv"),
        predictions=paths.experiment("{dataset}", "{experiment}", "predictions.csv"),
        confusion=report(
            paths.experiment("{dataset}", "{experiment}", "confusion.png"),
            caption="../report/confusion.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "confusion matrix"},
        ),
        settings=paths.experiment("{dataset}", "{experiment}", "settings.yaml"),
    log:
        paths.log("score_experiment", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("score_experiment", "{dataset}", "{experiment}")
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        settings=experiment_settings(
            "protocol", "bootstrap", "seeds", "baselines", "description"
        ),
        resolved=lambda wildcards: plan.resolved_settings(
            project, wildcards.experiment, wildcards.dataset
        ),
        composite=lambda wildcards: bool(project.datasets[wildcards.dataset].members),
        code=fingerprint(
            "score_experiment",
            "merflow.evaluation.scoring",
            "merflow.evaluation.settings_file",
            "merflow.visualization.results.confusion",
            "merflow.visualization.results.labels",
        ),
    message:
        "Score {wildcards.experiment} ({wildcards.dataset})"
    script:
        "../scripts/score_experiment.py"


rule write_metrics_page:
    """Show the metrics and the clips left out as a page of tables: what a report opens, and a browser without one."""
    input:
        metrics=paths.experiment("{dataset}", "{experiment}", "metrics.csv"),
        exclusions=paths.experiment("{dataset}", "{experiment}", "exclusions.csv"),
    output:
        page=report(
            paths.experiment("{dataset}", "{experiment}", "metrics.html"),
            caption="../report/metrics.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"table": "metrics, clips left out"},
        ),
    log:
        paths.log("write_metrics_page", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("write_metrics_page", "{dataset}", "{experiment}")
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        settings=experiment_settings("description"),
        code=fingerprint(
            "write_metrics_page",
            "merflow.datasets.clip_table",
            "merflow.evaluation.metrics_table",
            "merflow.summary.experiment_page",
        ),
    message:
        "Show the metrics of {wildcards.experiment} ({wildcards.dataset}) as a page"
    script:
        "../scripts/write_metrics_page.py"


rule draw_pictures:
    """Draw one clip of each class through every stage, and one clip of each stage in full."""
    input:
        clips=paths.clips("{dataset}"),
        lists=lists_of_experiment_chain,
    output:
        clips=with_faces(
            directory(
                paths.experiment("{dataset}", "{experiment}", "pictures", "clips")
            ),
            patterns=["{label}/{clip}.png"],
            caption="../report/overview.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={
                "figure": "through every stage",
                "class": "{label}",
                "clip": "{clip}",
            },
        ),
        faces=stage_picture("faces", caption="../report/faces.rst"),
        flow=stage_picture("flow", caption="../report/flow.rst"),
        depth_flow=stage_picture("depth_flow", caption="../report/depth_flow.rst"),
        clouds=stage_picture("clouds", caption="../report/clouds.rst"),
        regions=stage_picture("regions", caption="../report/regions.rst"),
    log:
        paths.log("draw_pictures", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_pictures", "{dataset}", "{experiment}")
    wildcard_constraints:
        dataset=datasets_with_shards,
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        shards=shards_of_kind("regions"),
        settings=experiment_settings("labels", "expressions"),
        code=fingerprint(
            "draw_pictures",
            "merflow.datasets.labels",
            "merflow.visualization.clips.draw",
            "merflow.visualization.clips.overview",
            *plan.chain_picture_modules("regions"),
        ),
    message:
        "Draw clips of {wildcards.dataset} through every stage ({wildcards.experiment})"
    script:
        "../scripts/draw_pictures.py"


rule draw_curves:
    """Draw loss and accuracy on the training clips, epoch by epoch, for every fold and seed."""
    input:
        folds=list_of_trained_folds,
    output:
        curves=report(
            paths.experiment("{dataset}", "{experiment}", "training.png"),
            caption="../report/curves.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "training curves"},
        ),
    log:
        paths.log("draw_curves", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_curves", "{dataset}", "{experiment}")
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        code=fingerprint("draw_curves", "merflow.visualization.results.curves"),
    message:
        "Draw the training curves of {wildcards.experiment} ({wildcards.dataset})"
    script:
        "../scripts/draw_curves.py"


rule compare_experiments:
    """Compare two experiments on the clips that both predict: each difference with a paired interval over subjects."""
    input:
        predictions=predictions_of_both,
    output:
        table=paths.comparison("{dataset}", "{first}", "{second}", ".csv"),
        picture=report(
            paths.comparison("{dataset}", "{first}", "{second}", "-difference.png"),
            caption="../report/comparison.rst",
            category="{dataset}",
            subcategory="compare",
            labels={"figure": "{first} and {second}"},
        ),
    log:
        paths.log("compare_experiments", "{dataset}", "{first}-vs-{second}"),
    benchmark:
        paths.benchmark("compare_experiments", "{dataset}", "{first}-vs-{second}")
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        settings=settings_of_both("protocol", "bootstrap"),
        code=fingerprint(
            "compare_experiments",
            "merflow.evaluation.compare",
            "merflow.training.folds",
            "merflow.visualization.results.comparison",
        ),
    message:
        "Compare {wildcards.first} with {wildcards.second} ({wildcards.dataset})"
    script:
        "../scripts/compare_experiments.py"
