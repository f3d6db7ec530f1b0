"""Input functions of the tables of the papers: which experiment each row asks for."""

from functools import partial

from merflow.errors import ConfigError


def rows_of_table(wildcards):
    """Return the planned rows of a table; on a dataset of its own nothing published stands beside ours."""
    asked = (project, wildcards.paper, wildcards.table)
    if "dataset" not in wildcards.keys():
        return plan.table_rows(*asked)
    unanswered = partial(why_unanswered, wildcards.dataset)
    return plan.stand_in_rows(*asked, wildcards.dataset, unanswered=unanswered)


def why_unanswered(dataset, experiment):
    """Return why a dataset cannot answer the question of an experiment, once it is indexed; empty where it can."""
    clips = indexed_clips(dataset)
    try:
        plan.check_shards(
            project, dataset, project.experiment(experiment, dataset).kind
        )
        folds_of_index(dataset, experiment, plan.index_version(clips))
    except ConfigError as error:
        return plan.first_sentence(error)
    return ""


def metrics_of_table(wildcards):
    """Return the metrics that a table is made of: those of the datasets whose recordings are at hand."""
    return plan.metrics_of_rows(rows_of_table(wildcards))


def all_tables(wildcards):
    """Return every table of the papers."""
    return [paths.paper_table(*table, ".csv") for table in plan.paper_tables()]
