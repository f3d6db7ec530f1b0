"""merflow: raw micro-expression video to cached artefacts and leave-one-subject-out metrics.

The table of contents. The first seven files of workflow/rules are what the rules share; each other one is a part, in
the order in which the data flows.
"""

import gc

from snakemake.utils import min_version

min_version("9.0")

# Planning makes so many small objects that Python looks for cycles among all of Snakemake's modules again and again,
# a fifth of the time of a dry run. What is loaded now stays, and need not be looked at; the rest less often.
gc.freeze()
gc.set_threshold(10_000, 10, 10)


include: "workflow/rules/quiet.smk"


configfile: "config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/lock.smk"
include: "workflow/rules/untracked.smk"
include: "workflow/rules/inputs.smk"
include: "workflow/rules/shard_inputs.smk"
include: "workflow/rules/batches.smk"
include: "workflow/rules/demo.smk"
include: "workflow/rules/index.smk"
include: "workflow/rules/magnification.smk"
include: "workflow/rules/shards.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/learning_curve_inputs.smk"
include: "workflow/rules/learning_curves.smk"
include: "workflow/rules/quality_inputs.smk"
include: "workflow/rules/quality.smk"
include: "workflow/rules/reporting.smk"
include: "workflow/rules/final_inputs.smk"
include: "workflow/rules/final.smk"
include: "workflow/rules/stage_pictures.smk"
include: "workflow/rules/network_pictures.smk"
include: "workflow/rules/activation_inputs.smk"
include: "workflow/rules/activation_maps.smk"
include: "workflow/rules/measurement.smk"
include: "workflow/rules/table_inputs.smk"
include: "workflow/rules/tables.smk"
include: "workflow/rules/summary_inputs.smk"
include: "workflow/rules/summary.smk"


localrules:
    all,
    all_tables,
    demo,
    features,
    unknown_dataset,


rule all:
    """Every shipped experiment on every dataset whose recordings are at hand."""
    default_target: True
    input:
        all_metrics,


rule demo:
    """The embedded data from recordings to metrics: every family of networks and the baselines."""
    input:
        expand(
            paths.experiment("demo", "{experiment}", "metrics.csv"),
            experiment=plan.experiments_on(project, "demo"),
        ),


rule all_tables:
    """Every table of the papers, with our number beside each published one; what lacks recordings says so."""
    input:
        all_tables,


rule features:
    """Every preprocessing artefact that the shipped experiments read, for the datasets at hand; no training."""
    input:
        all_examples,


rule unknown_dataset:
    """No result: refuses a target of a dataset that config.yaml does not name, and tells the nearest that it does."""
    input:
        lambda wildcards: project.check_known("datasets", wildcards.unknown_dataset),
    output:
        paths.experiment("{unknown_dataset}", "{anything}"),
