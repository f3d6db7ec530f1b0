"""The tables of the papers, with our number beside each published one."""


rule write_paper_table:
    """Put our number beside each published one of a table; rows without recordings say what is missing."""
    input:
        metrics_of_table,
    output:
        table=paths.paper_table("{paper}", "{table}", ".csv"),
        page=report(
            paths.paper_table("{paper}", "{table}", ".html"),
            caption="../report/paper_table.rst",
            category="tables",
            subcategory="{paper}",
            labels={"table": "{table}"},
        ),
    log:
        paths.log("write_paper_table", "{paper}", "{table}"),
    benchmark:
        paths.benchmark("write_paper_table", "{paper}", "{table}")
    conda:
        "../../envs/reporting.yaml"
    resources:
        mem_mb=grows(2000),
        runtime=grows(20),
    params:
        rows=rows_of_table,
        title="{paper}, table {table}",
        code=fingerprint(
            "write_paper_table",
            "merflow.evaluation.metrics_table",
            "merflow.visualization.results.paper_page",
        ),
    message:
        "Table {wildcards.table} of {wildcards.paper}"
    script:
        "../scripts/write_paper_table.py"


use rule write_paper_table as write_paper_table_of_dataset with:
    output:
        table=paths.paper_table("{paper}", "{table}", ".csv", "{dataset}"),
        page=report(
            paths.paper_table("{paper}", "{table}", ".html", "{dataset}"),
            caption="../report/paper_table.rst",
            category="{dataset}",
            subcategory="tables",
            labels={"table": "{paper} {table}"},
        ),
    log:
        paths.log("write_paper_table_of_dataset", "{dataset}", "{paper}", "{table}"),
    benchmark:
        paths.benchmark(
            "write_paper_table_of_dataset", "{dataset}", "{paper}", "{table}"
        )
    params:
        rows=rows_of_table,
        title="{paper}, table {table}: its experiments on {dataset}",
        code=fingerprint(
            "write_paper_table",
            "merflow.evaluation.metrics_table",
            "merflow.visualization.results.paper_page",
        ),
    message:
        "Experiments of table {wildcards.table} of {wildcards.paper} on {wildcards.dataset}"
