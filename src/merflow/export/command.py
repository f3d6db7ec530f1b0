"""``merflow export``: a command for each form, whose options are the settings of the form."""

import argparse
import typing
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from merflow.config.dataclass_schema import parameter_descriptions
from merflow.export.forms import EXAMPLES, EXAMPLES_SUMMARY, forms

_PLACE = "results/<dataset>, results/<dataset>/artefacts/<kind>/<variant>, or one shard in it"


def add_forms(export: argparse.ArgumentParser) -> None:
    """Add a command for each form to the parser of ``merflow export``."""
    commands = export.add_subparsers(required=True, metavar="FORM", dest="form")
    for name, form in forms().items():
        one = commands.add_parser(name, help=form.export.summary, description=form.export.summary.capitalize() + ".")
        one.add_argument("source", type=Path, metavar="RESULTS", help=_PLACE)
        one.add_argument("out", type=Path, metavar="OUT", help="folder to make; nothing is overwritten")
        one.add_argument("--variant", default="", help=f"of {form.kind}, where the dataset has several")
        one.add_argument("--clip", action="append", default=[], help="this clip only; may be repeated")
        for option, settings in _options(form.export.settings):
            one.add_argument(option, **settings)
        one.set_defaults(run=_export_clips, settings_class=form.export.settings)
    examples = commands.add_parser(EXAMPLES, help=EXAMPLES_SUMMARY, description=EXAMPLES_SUMMARY.capitalize() + ".")
    examples.add_argument("source", type=Path, metavar="RESULTS", help="results/<dataset>/<experiment>")
    examples.add_argument("out", type=Path, metavar="OUT", help=".npz file to make; nothing is overwritten")
    examples.set_defaults(run=_export_examples)


def _options(settings: type[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the option of each setting of a form, with the description from its docstring."""
    described = parameter_descriptions(settings.__doc__ or "")
    hints = typing.get_type_hints(settings)
    for one in fields(settings):
        hint = hints[one.name]
        words = {"choices": get_args(hint)} if get_origin(hint) is Literal else {"type": hint}
        text = described[one.name].replace("%", "%%")
        yield (
            f"--{one.name.replace('_', '-')}",
            {"help": f"{text} (default: {one.default})", "default": one.default, **words},
        )


def _export_clips(options: argparse.Namespace) -> int:
    from merflow.export.exporting import export_clips
    from merflow.plugins import use_folder

    use_folder(Path.cwd())  # a label set of one's own lies beside config.yaml
    settings = {one.name: getattr(options, one.name) for one in fields(options.settings_class)}
    report = export_clips(
        options.form, options.source, options.out, settings, variant=options.variant, clips=options.clip
    )
    print("\n".join(report.lines()))
    return 0


def _export_examples(options: argparse.Namespace) -> int:
    from merflow.export.examples import export_examples

    print("\n".join(export_examples(options.source, options.out).lines()))
    return 0
