"""The configuration: read, checked against its schema, completed with defaults, and resolved per experiment."""

from merflow.config.experiments import check_known, experiment_for, folds_per_job, variant_settings
from merflow.config.load import load_config, read_config, read_schema, stage_settings

__all__ = [
    "check_known",
    "experiment_for",
    "folds_per_job",
    "load_config",
    "read_config",
    "read_schema",
    "stage_settings",
    "variant_settings",
]
