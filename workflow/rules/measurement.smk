"""Measured against exact truth: artefacts and landmarks of an embedded dataset, and magnification. Tables, and their pages."""


rule measure_accuracy:
    """Hold the artefacts of an embedded dataset against its exact ground truth, and exact steps against other libraries."""
    input:
        raw=paths.raw("{dataset}"),
        lists=lambda wildcards: lists_of_each(
            wildcards.dataset, accuracy_chain(wildcards)
        ),
    output:
        table=paths.accuracy("{dataset}"),
    log:
        paths.log("measure_accuracy", "{dataset}"),
    benchmark:
        paths.benchmark("measure_accuracy", "{dataset}")
    wildcard_constraints:
        dataset=datasets_with_depth,
    conda:
        "../../envs/verification.yaml"
    resources:
        mem_mb=grows(4000),
        runtime=grows(20),
    params:
        shards=lambda wildcards: shards_of_each(
            wildcards.dataset, accuracy_chain(wildcards)
        ),
        code=fingerprint("measure_accuracy", "merflow.verification.table"),
    message:
        "Hold the artefacts of {wildcards.dataset} against their truth"
    script:
        "../scripts/measure_accuracy.py"


rule measure_landmarks:
    """Hold the motion of landmarks, by each way to find them, against that of an embedded dataset's faces."""
    input:
        clips=index_of_dataset,
        raw=paths.raw("{dataset}"),
        lists=lambda wildcards: lists_of_each(
            wildcards.dataset,
            [*faces_of_landmark_accuracy(), *magnified_of_landmark_accuracy()],
        ),
    output:
        table=paths.landmark_accuracy("{dataset}"),
    log:
        paths.log("measure_landmarks", "{dataset}"),
    benchmark:
        paths.benchmark("measure_landmarks", "{dataset}")
    wildcard_constraints:
        dataset=embedded_datasets,
    conda:
        "../../envs/verification.yaml"
    resources:
        mem_mb=grows(4000),
        runtime=grows(60),
    params:
        faces=lambda wildcards: shards_of_each(
            wildcards.dataset, faces_of_landmark_accuracy()
        ),
        magnified=lambda wildcards: shards_of_each(
            wildcards.dataset, magnified_of_landmark_accuracy()
        ),
        code=fingerprint(
            "measure_landmarks",
            "merflow.verification.landmarks",
            "merflow.datasets.clip_table",
        ),
    message:
        "Hold the landmarks of {wildcards.dataset} against their truth"
    script:
        "../scripts/measure_landmarks.py"


rule measure_magnification:
    """Hold every magnification against exact re-renders of motions of known size."""
    input:
        weights=measured_weights,
    output:
        table=paths.magnification_accuracy(),
    log:
        paths.log("measure_magnification", "magnification"),
    benchmark:
        paths.benchmark("measure_magnification", "magnification")
    conda:
        "../../envs/verification.yaml"
    resources:
        mem_mb=grows(4000),
        runtime=grows(60),
    params:
        weights=content_of_measured_weights,
        named=measured_variant().weights,
        code=fingerprint("measure_magnification", "merflow.verification.magnification"),
    message:
        "Hold every magnification against exact re-renders"
    script:
        "../scripts/measure_magnification.py"


rule write_measured_page:
    """Show a measured table as a page: what a report opens, and a browser without one."""
    input:
        table=paths.accuracy("{dataset}"),
    output:
        page=report(
            paths.accuracy("{dataset}", ".html"),
            caption="../report/accuracy.rst",
            category="{dataset}",
            labels={"table": "accuracy"},
        ),
    log:
        paths.log("write_measured_page", "{dataset}"),
    benchmark:
        paths.benchmark("write_measured_page", "{dataset}")
    wildcard_constraints:
        dataset=datasets_with_depth,
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        title="Accuracy on {dataset}",
        code=fingerprint("write_measured_page", "merflow.verification.page"),
    message:
        "Show the accuracy of {wildcards.dataset} as a page"
    script:
        "../scripts/write_measured_page.py"


use rule write_measured_page as write_measured_page_of_landmarks with:
    input:
        table=paths.landmark_accuracy("{dataset}"),
    output:
        page=report(
            paths.landmark_accuracy("{dataset}", ".html"),
            caption="../report/landmark_accuracy.rst",
            category="{dataset}",
            labels={"table": "motion of landmarks"},
        ),
    log:
        paths.log("write_measured_page_of_landmarks", "{dataset}"),
    benchmark:
        paths.benchmark("write_measured_page_of_landmarks", "{dataset}")
    wildcard_constraints:
        dataset=embedded_datasets,
    params:
        title="Motion of landmarks on {dataset}",
        code=fingerprint("write_measured_page", "merflow.verification.page"),
    message:
        "Show the landmarks of {wildcards.dataset} as a page"


use rule write_measured_page as write_measured_page_of_magnification with:
    input:
        table=paths.magnification_accuracy(),
    output:
        page=report(
            paths.magnification_accuracy(".html"),
            caption="../report/magnification_accuracy.rst",
            category="magnification",
            labels={"table": "gain and error"},
        ),
    log:
        paths.log("write_measured_page_of_magnification", "magnification"),
    benchmark:
        paths.benchmark("write_measured_page_of_magnification", "magnification")
    params:
        title="Gain and error of every magnification",
        code=fingerprint("write_measured_page", "merflow.verification.page"),
    message:
        "Show every magnification as a page"
