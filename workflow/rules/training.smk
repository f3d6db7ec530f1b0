"""From artefacts to examples, and from examples to the predictions of each fold.

Folds are trained in batches, several in one job and one process if the user asks for it, and then put in their place
one by one. What Snakemake records of a fold does not name its batch: its input is marked as a service, of which no path
is kept, so that dividing the folds in another way leaves every result as it is.
"""


localrules:
    collect_fold,


# Both make the list of a batch; baselines need no GPU.
ruleorder: fit_baselines > train_folds


rule build_examples:
    """Collect exactly what a model sees: arrays, labels, subjects; list every clip that is left out."""
    input:
        clips=paths.clips("{dataset}"),
        exclusions=paths.exclusions("{dataset}"),
        lists=lists_of_experiment,
    output:
        examples=paths.experiment("{dataset}", "{experiment}", "examples.h5"),
        exclusions=paths.experiment("{dataset}", "{experiment}", "exclusions.csv"),
    log:
        paths.log("build_examples", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("build_examples", "{dataset}", "{experiment}")
    conda:
        "../../envs/training.yaml"
    resources:
        mem_mb=grows(4000),
        runtime=grows(30),
    params:
        shards=shards_of_experiment,
        made_of=made_of_experiment,
        settings=settings_of_examples,
        composite=lambda wildcards: bool(project.datasets[wildcards.dataset].members),
        classes=label_set_of,
        code=fingerprint(
            "build_examples",
            "merflow.training.duplicates",
            "merflow.training.examples",
            found_by_name=examples_of,
        ),
    message:
        "Collect the examples of {wildcards.experiment} ({wildcards.dataset})"
    script:
        "../scripts/build_examples.py"


rule train_folds:
    """Train each fold of a batch on every subject but the one left out, once a seed; predict that one's clips."""
    input:
        clips=paths.clips("{dataset}"),  # names the folds of the batch
        examples=paths.experiment("{dataset}", "{experiment}", "examples.h5"),
    output:
        done=temp(paths.trained("{dataset}", "{experiment}", "{key}", "{batch}.txt")),
    log:
        paths.log("train_folds", "{dataset}", "{experiment}", "{key}", "{batch}"),
    benchmark:
        paths.benchmark("train_folds", "{dataset}", "{experiment}", "{key}", "{batch}")
    wildcard_constraints:
        key="[0-9a-f]{12}",
        batch=plan.BATCH,
    conda:
        "../../envs/training.yaml"
    resources:
        mem_mb=memory_of_training,
        runtime=runtime_of_training,
    params:
        folds=folds_of_job,
        settings=training_settings,
        code=training_code,
    message:
        "Train {wildcards.experiment}, folds {params.folds} ({wildcards.dataset})"
    script:
        "../scripts/train_folds.py"


use rule train_folds as fit_baselines with:
    log:
        paths.log("fit_baselines", "{dataset}", "{experiment}", "{key}", "{batch}"),
    benchmark:
        paths.benchmark(
            "fit_baselines", "{dataset}", "{experiment}", "{key}", "{batch}"
        )
    wildcard_constraints:
        experiment=baseline_experiments,
        key="[0-9a-f]{12}",
        batch=plan.BATCH,
    resources:
        mem_mb=grows(2000),
        runtime=grows(60),
    message:
        "Fit {wildcards.experiment}, folds {params.folds} ({wildcards.dataset})"


rule collect_fold:
    """Put the results of a fold in their place.

    It moves files in no time, so it has no benchmark: an experiment of 94 folds would have 94 files of it.
    """
    input:
        examples=paths.experiment("{dataset}", "{experiment}", "examples.h5"),
        batch=batch_of_fold,
    output:
        predictions=paths.fold("{dataset}", "{experiment}", "{fold}", "predictions.csv"),
        history=paths.fold("{dataset}", "{experiment}", "{fold}", "history.csv"),
        weights=directory(paths.fold("{dataset}", "{experiment}", "{fold}", "weights")),
        record=paths.fold("{dataset}", "{experiment}", "{fold}", "made_of.json"),
    log:
        paths.log("collect_fold", "{dataset}", "{experiment}", "{fold}"),
    conda:
        "../../envs/training.yaml"
    resources:
        mem_mb=grows(200),
        runtime=grows(5),
    params:
        # Of its batch, which is gone when the fold is in its place. How it comes there is no part of it.
        settings=training_settings,
        code=training_code,
    message:
        "Keep the results of fold {wildcards.fold} ({wildcards.experiment}, {wildcards.dataset})"
    script:
        "../scripts/collect_fold.py"
