"""The final model of an experiment: its network on all subjects, with everything that runs it on new recordings."""

from merflow.prediction.planned import about_planned, files_named


def final_about(wildcards):
    """Return what the final model of an experiment says of itself, as far as it is known before it is trained."""
    return about_planned(project, wildcards.experiment, wildcards.dataset)


def final_metrics(wildcards):
    """Return the metrics of the folds, once it is known that a final model can be made: none goes out unmeasured."""
    final_about(wildcards)
    return paths.experiment(wildcards.dataset, wildcards.experiment, "metrics.csv")


rule train_final:
    """Train the network of an experiment on all subjects, once a seed, and write its model card."""
    input:
        examples=paths.experiment("{dataset}", "{experiment}", "examples.h5"),
        metrics=final_metrics,
    output:
        model=paths.final("{dataset}", "{experiment}", "model.pt"),
        card=paths.final("{dataset}", "{experiment}", "model_card.md"),
        history=paths.final("{dataset}", "{experiment}", "history.csv"),
    log:
        paths.log("train_final", "{dataset}", "{experiment}"),
    benchmark:
        paths.benchmark("train_final", "{dataset}", "{experiment}")
    conda:
        "../../envs/training.yaml"
    resources:
        mem_mb=memory_of_training,
        runtime=lambda wildcards, attempt: min(
            1440, 3 * needs_of_training(wildcards)[1] * attempt
        ),
    params:
        settings=training_settings,
        about=final_about,
        files=lambda wildcards: files_named(
            project, wildcards.experiment, wildcards.dataset
        ),
        code=fingerprint_with_networks(
            "train_final",
            "merflow.evaluation.metrics_table",
            "merflow.prediction.card",
            "merflow.prediction.made",
            "merflow.prediction.model_file",
            "merflow.training.batch",
            "merflow.training.final",
        ),
    message:
        "Train {wildcards.experiment} on all subjects ({wildcards.dataset})"
    script:
        "../scripts/train_final.py"
