"""From artefacts to examples, and from examples to the predictions of each fold."""


rule build_examples:
    """Collect exactly what a model sees: arrays, labels, subjects; list every clip that is left out."""
    input:
        clips=paths.clips("{dataset}"),
        exclusions=paths.exclusions("{dataset}"),
        shards=shards_of_experiment,
    output:
        examples=paths.experiment("{dataset}", "{experiment}", "examples.h5"),
        exclusions=report(
            paths.experiment("{dataset}", "{experiment}", "exclusions.csv"),
            caption="../report/exclusions.rst",
            category="{dataset}",
            subcategory="{experiment}",
            labels={"table": "clips left out"},
        ),
    log:
        paths.log("build_examples", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("build_examples", "{dataset}", "{experiment}")
    conda:
        "../../envs/training.yaml"
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        settings=experiment_settings("artefact", "labels", "expressions", "input"),
        composite=lambda wildcards: bool(plan.members(config, wildcards.dataset)),
        code=fingerprint("merflow.training.doubles", "merflow.training.examples"),
    message:
        "Collect the examples of {wildcards.experiment} ({wildcards.dataset})"
    script:
        "../scripts/build_examples.py"


rule train_fold:
    """Train on every subject of a fold but the one left out, once a seed, and predict that one's clips."""
    input:
        examples=paths.experiment("{dataset}", "{experiment}", "examples.h5"),
    output:
        predictions=paths.fold("{dataset}", "{experiment}", "{fold}", "predictions.csv"),
        history=paths.fold("{dataset}", "{experiment}", "{fold}", "history.csv"),
        weights=directory(paths.fold("{dataset}", "{experiment}", "{fold}", "weights")),
    log:
        paths.log("train_fold", "{dataset}", "{experiment}", "{fold}"),
    benchmark:
        paths.benchmark("train_fold", "{dataset}", "{experiment}", "{fold}")
    conda:
        "../../envs/training.yaml"
    resources:
        mem_mb=memory_of_training,
        runtime=runtime_of_training,
    params:
        settings=experiment_settings(
            "model", "model_params", "protocol", "training", "seeds"
        ),
        code=fingerprint("merflow.training.fold"),
    message:
        "Train {wildcards.experiment} without {wildcards.fold} ({wildcards.dataset})"
    script:
        "../scripts/train_fold.py"
