"""Quality control: the numbers of every clip of a dataset, and the pages that show which can be believed."""


rule write_quality_pages:
    """Measure every clip in its artefacts, flag what is beyond its limits, and show it: a table, a page, one a subject."""
    input:
        clips=index_of_dataset,
        exclusions=paths.exclusions("{dataset}"),
        lists=lists_of_quality,
        predictions=predictions_of_quality,
        reference=reference_of_quality,
    output:
        clips=paths.quality("{dataset}", "clips.tsv"),
        dictionary=paths.quality("{dataset}", "clips.json"),
        page=report(
            paths.quality("{dataset}", "index.html"),
            caption="../report/quality.rst",
            category="{dataset}",
            subcategory="quality",
            labels={"page": "all clips"},
        ),
        subjects=report(
            directory(paths.quality("{dataset}", "subjects")),
            patterns=["{subject}.html"],
            caption="../report/quality_of_subject.rst",
            category="{dataset}",
            subcategory="quality",
            labels={"page": "{subject}"},
        ),
    log:
        paths.log("write_quality_pages", "{dataset}"),
    benchmark:
        paths.benchmark("write_quality_pages", "{dataset}")
    wildcard_constraints:
        dataset=datasets_with_shards,
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(60),
    params:
        artefacts=quality_artefacts,
        experiments=experiments_of_quality,
        declared=lambda wildcards: plan.quality_declared(project, wildcards.dataset),
        settings=lambda wildcards: dict(config["qc"]),
        code=fingerprint(
            "write_quality_pages",
            "merflow.datasets.clip_table",
            "merflow.quality.measuring",
            "merflow.quality.pages",
            "merflow.quality.reference",
            "merflow.quality.scored",
            "merflow.quality.settings",
            "merflow.quality.tables",
            "merflow.settings",
            found_by_name=quality_modules,
        ),
    message:
        "Measure every clip of {wildcards.dataset} and write the quality pages"
    script:
        "../scripts/write_quality_pages.py"


rule join_quality_pages:
    """Put the clips of a composite's members side by side: a table, a page that leads to those of the members."""
    input:
        clips=index_of_dataset,
        exclusions=paths.exclusions("{dataset}"),
        members=quality_of_members,
    output:
        clips=paths.quality("{dataset}", "clips.tsv"),
        dictionary=paths.quality("{dataset}", "clips.json"),
        page=report(
            paths.quality("{dataset}", "index.html"),
            caption="../report/quality.rst",
            category="{dataset}",
            subcategory="quality",
            labels={"page": "all clips"},
        ),
    log:
        paths.log("join_quality_pages", "{dataset}"),
    benchmark:
        paths.benchmark("join_quality_pages", "{dataset}")
    wildcard_constraints:
        dataset=composites,
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        members=members_of,
        code=fingerprint(
            "join_quality_pages",
            "merflow.datasets.clip_table",
            "merflow.quality.joined_page",
            "merflow.quality.joining",
        ),
    message:
        "Put the clips of the members of {wildcards.dataset} side by side"
    script:
        "../scripts/join_quality_pages.py"
