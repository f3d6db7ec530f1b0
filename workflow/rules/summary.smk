"""All results in one table: every experiment on every dataset, the differences of any two, and what they say together."""


rule write_summary:
    """Put every experiment that has metrics beside the others: a table, a page, the paired comparison of any two."""
    input:
        results_to_summarise,
    output:
        table=paths.summary(".csv"),
        pairs=paths.summary("_pairs.csv"),
        across=paths.summary("_across.csv"),
        page=paths.summary(".html"),
    log:
        paths.log("write_summary"),
    benchmark:
        paths.benchmark("write_summary")
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(60),
    params:
        facts=lambda wildcards: plan.facts_of_summary(project, results_found()),
        kept=lambda wildcards: plan.contents_of_kept(results_found()),
        unknown=lambda wildcards: results_found().unknown,
        code=fingerprint(
            "write_summary",
            "merflow.summary.across",
            "merflow.summary.page",
            "merflow.summary.pairs",
            "merflow.summary.results",
            "merflow.summary.rows",
        ),
    message:
        "Put all results side by side"
    script:
        "../scripts/write_summary.py"
