"""Write workflow/schemas/config.schema.yaml from the settings dataclasses. Run: python -m tools.build_config_schema."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import yaml

from merflow.config.dataclass_schema import keyword_schema, object_schema, type_schema
from merflow.config.plugin_schema import add_settings
from merflow.config.sections import STAGE_SETTINGS, Execution, Experiment
from merflow.datasets.declared import LAYOUTS
from merflow.datasets.labels import LABEL_SETS
from merflow.datasets.registry import SETTINGS
from merflow.models.declared import CONTEXT, NETWORKS
from merflow.models.registry import model_class
from merflow.quality.settings import QcSettings
from merflow.stages import STAGES
from merflow.synthesis.settings import SynthesisSettings
from merflow.training.baselines import BASELINES
from merflow.training.curve_settings import CurveSettings
from merflow.training.magnifier.settings import MagnifierSettings
from merflow.training.map_settings import ActivationMapSettings
from merflow.user_paths import UserPath

TARGET = Path(__file__).parents[1] / "workflow/schemas/config.schema.yaml"
HEADER = "# Made by tools/build_config_schema.py from the settings dataclasses: change those, then run it.\n"


def variant_block(kind: str) -> dict[str, Any]:
    """Return the schema of the named variants of one kind of artefact."""
    block = object_schema(STAGE_SETTINGS[kind])
    upstreams = STAGES[kind].upstreams
    for upstream in reversed(upstreams):
        others = "".join(f", or else one of {other}" for other in upstreams if other != upstream)
        text = f"Variant of {upstream} that this one is computed from{others}."
        block["properties"] = {upstream: {"description": text, "type": "string"}, **block["properties"]}
    if len(upstreams) == 1:
        block["required"] = list(upstreams)
    description = (
        f"Variants of the artefact {kind}, by name; the name is a folder of the results. Those of the same name as a "
        "shipped one take its place."
    )
    return {"description": description, "type": "object", "additionalProperties": block}


def dataset_block() -> dict[str, Any]:
    """Return the schema of one dataset: the settings of all readers, and the synthesis block of an embedded one.

    Defaults, and what must be given, stand with each reader: a dataset has those of its own only.
    """
    text = "How its layout is read; composite: it is made of other datasets; package.module:DATASET: a plug-in's."
    properties: dict[str, Any] = {"reader": {"description": text, **name_or_plugin(SETTINGS)}}
    for reader, node in readers().items():
        add_settings(properties, reader, node)
    properties["synthesis"] = {
        "description": "Render this dataset instead of expecting recordings; its root is results/<name>/raw.",
        "anyOf": [{"type": "null"}, synthesis_block()],
        "default": None,
    }
    properties["exclude"] = {
        "description": "review.tsv that the quality pages saved: each clip that failed is left out, with the comment "
        "as the reason. Relative to the folder of the workflow.",
        **type_schema(UserPath),
    }
    properties["apexes"] = {
        "description": "Table of apexes that merflow apexes estimated, for clips whose annotation names none; without "
        "it they take the midpoint of onset and offset. Relative to the folder of the workflow.",
        **type_schema(UserPath),
    }
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": ["reader"]}


def name_or_plugin(known: Iterable[str]) -> dict[str, Any]:
    """Return the schema of a name of merflow's own, or of one that stands for a plug-in."""
    return {"anyOf": [{"enum": sorted(known)}, {"type": "string", "pattern": r"^[\w.]+:\w+$"}]}


def synthesis_block() -> dict[str, Any]:
    """Return the schema of the settings of an embedded dataset."""
    block = object_schema(SynthesisSettings)
    block["properties"]["layout"]["enum"] = list(LAYOUTS)
    return block


def readers() -> dict[str, dict[str, Any]]:
    """Return the schema of the settings of each reader."""
    return {name: object_schema(settings) for name, settings in sorted(SETTINGS.items())}


def experiment_block(models: Iterable[str]) -> dict[str, Any]:
    """Return the schema of one experiment, or of the several that a block with ``grid`` stands for."""
    block = object_schema(Experiment)
    block["properties"]["model"] = {
        "description": block["properties"]["model"]["description"],
        **name_or_plugin(models),
    }
    labels = block["properties"]["labels"]
    labels["anyOf"] = [
        {"enum": list(LABEL_SETS)},
        {"type": labels.pop("type")},
    ]  # a name that is not known is told later
    settings = {"description": "Settings of the experiments with this label.", "type": ["object", "null"]}
    axis = {"description": "Labels, each with its settings.", "type": "object", "additionalProperties": settings}
    block["properties"]["grid"] = {
        "description": "Makes the block one experiment for each combination of its axes. By axis: labels with their "
        "settings. {axis} stands for the label in the name, which must have it, and in every text.",
        "type": "object",
        "additionalProperties": axis,
    }
    # One that extends another need not say what it inherits.
    needed = {"required": block.pop("required")}
    return block | {"if": {"required": ["extends"]}, "else": needed}


def optional_section(description: str, settings: type) -> dict[str, Any]:
    """Return the schema of a block of settings that may be left out."""
    return {"description": description, **object_schema(settings), "default": {}}


def measured_sections() -> dict[str, Any]:
    """Return the schemas of what is measured against exact truth."""
    return {
        "accuracy": {
            "description": "Regions variant whose chain of artefacts results/<dataset>/accuracy.csv measures.",
            "type": "string",
            "default": "regions/sort1024",
        },
        "landmark_accuracy": {
            "description": "Magnified variants that results/<dataset>/landmarks.csv measures landmarks on.",
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "default": ["still"],
        },
    }


def sections(models: Iterable[str]) -> dict[str, Any]:
    """Return the schema of each section of config.yaml, in the order of the file."""
    magnifier = "Training of the learned magnification (magnified.<variant>.method: learned)."
    curve = "How learning curves are drawn, results/<dataset>/<experiment>/learning_curve.csv."
    maps = "Mean activation maps of labels, and which of them are correlated."
    return {
        "datasets": {
            "description": "Datasets by name; the name is a folder of the results.",
            "type": "object",
            "additionalProperties": dataset_block(),
        },
        "on_bad_clip": {
            "description": "What a clip that cannot be used does: exclude lists it with its reason, fail stops.",
            "enum": ["exclude", "fail"],
            "default": "exclude",
        },
        "execution": optional_section("How work is done.", Execution),
        **{kind: variant_block(kind) for kind in STAGE_SETTINGS},
        "magnifier": optional_section(magnifier, MagnifierSettings),
        **measured_sections(),
        "qc": optional_section("What the quality pages show, results/<dataset>/qc/index.html.", QcSettings),
        "learning_curve": optional_section(curve, CurveSettings),
        "activation_maps": optional_section(maps, ActivationMapSettings),
        "experiments": {
            "description": "Experiments by name; the name is a folder of the results. Those of the same name as a "
            "shipped one take its place.",
            "type": "object",
            "additionalProperties": experiment_block(models),
        },
    }


def config_schema() -> dict[str, Any]:
    """Return the JSON Schema of config.yaml."""
    methods: dict[str, Callable[..., Any]] = {name: model_class(name) for name in NETWORKS}
    methods |= {name: one.fit for name, one in BASELINES.items()}
    models = {name: keyword_schema(method, leave_out=CONTEXT) for name, method in methods.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "merflow configuration",
        "type": "object",
        "additionalProperties": False,
        "required": ["datasets"],
        "properties": sections(models),
        "$defs": {"models": models, "readers": readers()},
    }


def schema_text() -> str:
    """Return the file's text."""
    return HEADER + yaml.safe_dump(config_schema(), sort_keys=False, allow_unicode=True, width=120)


if __name__ == "__main__":
    TARGET.write_text(schema_text(), encoding="utf-8")
