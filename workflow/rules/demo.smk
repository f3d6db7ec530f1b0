"""Recordings of synthetic subjects, for datasets that carry a `synthesis` block."""


rule synthesise_dataset:
    """Render the subjects of an embedded dataset in the official layout, with their ground truth."""
    output:
        root=directory(paths.raw("{dataset}")),
    log:
        paths.log("synthesise_dataset", "{dataset}"),
    benchmark:
        paths.benchmark("synthesise_dataset", "{dataset}")
    wildcard_constraints:
        dataset=embedded_datasets,
    conda:
        "../../envs/synthesis.yaml"
    threads: 64
    resources:
        mem_mb=grows(4000),
        runtime=grows(20),
    params:
        settings=lambda wildcards: config["datasets"][wildcards.dataset]["synthesis"],
        code=fingerprint(
            "synthesise_dataset",
            "merflow.settings",
            "merflow.synthesis.demo",
            found_by_name=layout_of,
        ),
    message:
        "Render the subjects of {wildcards.dataset} (about a minute for the demo)"
    script:
        "../scripts/synthesise_dataset.py"
