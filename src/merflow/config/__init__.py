"""The configuration: read, checked against its schema, completed with defaults, and resolved per experiment."""

from merflow.config.load import load_config, read_config, read_schema, stage_settings
from merflow.config.objects import Config, DatasetBlock, Variant
from merflow.config.sections import Experiment

__all__ = [
    "Config",
    "DatasetBlock",
    "Experiment",
    "Variant",
    "load_config",
    "read_config",
    "read_schema",
    "stage_settings",
]
