"""From artefacts to examples, and from examples to the predictions of each fold.

A job trains several folds in one process and writes their list. A fold is no output of such a job: each gets its place
when it is whole, and a job that runs again keeps those that were trained of the same things. A fold that is asked for
by its path has a rule of its own, which runs after that job and trains only if the fold is forced or damaged.
"""


localrules:
    list_folds,


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
        done=paths.fold_batch_list("{dataset}", "{experiment}", "{batch}"),
    log:
        paths.log("train_folds", "{dataset}", "{experiment}", "{batch}"),
    benchmark:
        paths.benchmark("train_folds", "{dataset}", "{experiment}", "{batch}")
    wildcard_constraints:
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
        paths.log("fit_baselines", "{dataset}", "{experiment}", "{batch}"),
    benchmark:
        paths.benchmark("fit_baselines", "{dataset}", "{experiment}", "{batch}")
    wildcard_constraints:
        experiment=baseline_experiments,
        batch=plan.BATCH,
    resources:
        mem_mb=grows(2000),
        runtime=grows(60),
    message:
        "Fit {wildcards.experiment}, folds {params.folds} ({wildcards.dataset})"


rule train_fold:
    """Train one fold that is asked for by its path, once the job of its batch has trained what is stale."""
    input:
        clips=ancient(index_of_dataset),
        listed=ancient(list_of_fold),
        examples=ancient(paths.experiment("{dataset}", "{experiment}", "examples.h5")),
    output:
        predictions=update(
            paths.fold("{dataset}", "{experiment}", "{fold}", "predictions.csv")
        ),
        history=update(paths.fold("{dataset}", "{experiment}", "{fold}", "history.csv")),
        record=update(paths.fold("{dataset}", "{experiment}", "{fold}", "made_of.json")),
    log:
        paths.log("train_fold", "{dataset}", "{experiment}", "{fold}"),
    benchmark:
        paths.benchmark("train_fold", "{dataset}", "{experiment}", "{fold}")
    conda:
        "../../envs/training.yaml"
    resources:
        mem_mb=memory_of_training,
        runtime=runtime_of_fold,
    params:
        folds=lambda wildcards: [wildcards.fold],
        settings=training_settings,
        code=training_code,
    message:
        "Train {wildcards.experiment}, fold {wildcards.fold} ({wildcards.dataset})"
    script:
        "../scripts/train_folds.py"


use rule train_fold as train_weights with:
    output:
        weights=directory(paths.fold("{dataset}", "{experiment}", "{fold}", "weights")),
    log:
        paths.log("train_weights", "{dataset}", "{experiment}", "{fold}"),
    benchmark:
        paths.benchmark("train_weights", "{dataset}", "{experiment}", "{fold}")
    message:
        "Train the weights of {wildcards.experiment} again, fold {wildcards.fold} ({wildcards.dataset})"


rule list_folds:
    """Join the lists of all jobs that trained the folds of an experiment: how they were divided is no part of it."""
    input:
        lists=lists_of_fold_batches,
        examples=paths.experiment("{dataset}", "{experiment}", "examples.h5"),
    output:
        done=paths.fold_list("{dataset}", "{experiment}"),
    log:
        paths.log("list_folds", "{dataset}", "{experiment}"),
    conda:
        "../../envs/training.yaml"
    params:
        settings=training_settings,
        code=training_code,
    message:
        "List the folds of {wildcards.experiment} ({wildcards.dataset})"
    shell:
        "awk '!seen[$0]++' {input.lists} < /dev/null > {output.done} 2> {log}"
