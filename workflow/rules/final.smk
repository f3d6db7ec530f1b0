"""The final model of an experiment: its network on all subjects, with everything that runs it on new recordings."""


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
        runtime=runtime_of_final,
    params:
        settings=training_settings,
        about=final_about,
        files=final_files,
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
