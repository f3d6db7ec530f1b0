"""Learning curves: how the score of an experiment grows with the number of its training subjects."""


rule train_learning_curve:
    """Train every fold on 2 and more of its subjects in the order of one draw; its test clips stay those of the fold."""
    input:
        examples=paths.experiment("{dataset}", "{experiment}", "examples.h5"),
    output:
        points=paths.experiment(
            "{dataset}", "{experiment}", "learning_curve", "{draw}.csv"
        ),
    log:
        paths.log("train_learning_curve", "{dataset}", "{experiment}", "{draw}"),
    benchmark:
        paths.benchmark("train_learning_curve", "{dataset}", "{experiment}", "{draw}")
    wildcard_constraints:
        draw="[0-9]+",
    conda:
        "../../envs/training.yaml"
    resources:
        mem_mb=memory_of_training,
        runtime=runtime_of_curve,
    params:
        settings=training_settings,
        points=points_of_curve,
        code=fingerprint_with_networks(
            "train_learning_curve",
            "merflow.evaluation.learning_curve",
            "merflow.settings",
            "merflow.training.execution",
            "merflow.training.learning_curve",
            "merflow.training.method",
        ),
    message:
        "Train {wildcards.experiment} on fewer subjects, draw {wildcards.draw} ({wildcards.dataset})"
    script:
        "../scripts/train_learning_curve.py"


rule draw_learning_curve:
    """Put the draws together with the experiment itself, and draw the score against the number of subjects."""
    input:
        draws=draws_of_curve,
        predictions=paths.experiment("{dataset}", "{experiment}", "predictions.csv"),
    output:
        table=paths.experiment("{dataset}", "{experiment}", "learning_curve.csv"),
        picture=report(
            paths.experiment("{dataset}", "{experiment}", "learning_curve.png"),
            caption="../report/learning_curve.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"figure": "learning curve"},
        ),
    log:
        paths.log("draw_learning_curve", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("draw_learning_curve", "{dataset}", "{experiment}")
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        code=fingerprint(
            "draw_learning_curve",
            "merflow.evaluation.learning_curve",
            "merflow.evaluation.predictions",
            "merflow.visualization.results.learning_curve",
        ),
    message:
        "Draw the learning curve of {wildcards.experiment} ({wildcards.dataset})"
    script:
        "../scripts/draw_learning_curve.py"
