"""What the workflow has to know before it runs a job: subjects, frames and folds, from the index of a dataset."""

from merflow.plan.batches import BATCH, batches, check_fold, folds_in_a_job, folds_of_batch
from merflow.plan.code import (
    chain_picture_modules,
    examples_module,
    label_set,
    layout_module,
    making_modules,
    modules_beside,
    modules_of,
    picture_modules,
    quality_modules,
    reader_modules,
    selection,
)
from merflow.plan.comparison import check_comparable, check_maps_comparable
from merflow.plan.curves import check_curve
from merflow.plan.folds import check_classes, folds, trained_clips
from merflow.plan.foreseen import foreseen_index, tell_jobs
from merflow.plan.frames import ready_pictures, recorded_frames
from merflow.plan.index import clips_by_subject, index_version
from merflow.plan.indexing import index_now
from merflow.plan.jobs import (
    annotation_inputs,
    annotation_sheets,
    available_experiments,
    check_subject,
    experiments_on,
    one_of,
    one_of_or_unknown,
    resolved_settings,
    shards,
    subjects,
    unknown_dataset,
)
from merflow.plan.method import method_of
from merflow.plan.paper_tables import first_sentence, metrics_of_rows, paper_tables, stand_in_rows, table_rows
from merflow.plan.parts import folder_that_lost_a_part, parts
from merflow.plan.picture_sizes import check_picture_size
from merflow.plan.pictures import check_shows, drawn_alone, pictures
from merflow.plan.quality import apexes, quality_artefacts, quality_declared, quality_experiments, review
from merflow.plan.refused import refused_in_index, refused_in_shards
from merflow.plan.results_lock import lock_results
from merflow.plan.retraining import retraining_notice
from merflow.plan.shard_batches import batch_of_subject, makings, subjects_in_a_job, subjects_of_batch
from merflow.plan.snakemake_paths import as_inputs, check_places
from merflow.plan.sources import (
    ancestor_variant,
    artefact_chain,
    came_ready,
    check_shards,
    check_source,
    members,
    official_members,
    variant_in_chain,
)
from merflow.plan.splits import as_trained
from merflow.plan.summary import contents_of_kept, facts_of_summary, found_results, inputs_of_summary
from merflow.plan.untracked import check_untracked_folds, check_untracked_scores, check_untracked_shards
from merflow.shard_lists import forget_missing_shards
from merflow.training.fold_lists import forget_missing_folds
from merflow.training.fold_record import lacks_only_weights

__all__ = [
    "BATCH",
    "ancestor_variant",
    "annotation_inputs",
    "annotation_sheets",
    "apexes",
    "artefact_chain",
    "as_inputs",
    "as_trained",
    "available_experiments",
    "batch_of_subject",
    "batches",
    "came_ready",
    "chain_picture_modules",
    "check_classes",
    "check_comparable",
    "check_curve",
    "check_fold",
    "check_maps_comparable",
    "check_picture_size",
    "check_places",
    "check_shards",
    "check_shows",
    "check_source",
    "check_subject",
    "check_untracked_folds",
    "check_untracked_scores",
    "check_untracked_shards",
    "clips_by_subject",
    "contents_of_kept",
    "drawn_alone",
    "examples_module",
    "experiments_on",
    "facts_of_summary",
    "first_sentence",
    "folder_that_lost_a_part",
    "folds",
    "folds_in_a_job",
    "folds_of_batch",
    "foreseen_index",
    "forget_missing_folds",
    "forget_missing_shards",
    "found_results",
    "index_now",
    "index_version",
    "inputs_of_summary",
    "label_set",
    "lacks_only_weights",
    "layout_module",
    "lock_results",
    "making_modules",
    "makings",
    "members",
    "method_of",
    "metrics_of_rows",
    "modules_beside",
    "modules_of",
    "official_members",
    "one_of",
    "one_of_or_unknown",
    "paper_tables",
    "parts",
    "picture_modules",
    "pictures",
    "quality_artefacts",
    "quality_declared",
    "quality_experiments",
    "quality_modules",
    "reader_modules",
    "ready_pictures",
    "recorded_frames",
    "refused_in_index",
    "refused_in_shards",
    "resolved_settings",
    "retraining_notice",
    "review",
    "selection",
    "shards",
    "stand_in_rows",
    "subjects",
    "subjects_in_a_job",
    "subjects_of_batch",
    "table_rows",
    "tell_jobs",
    "trained_clips",
    "unknown_dataset",
    "variant_in_chain",
]
