"""The command ``merflow predict``: what is asked for is checked as a whole, then done."""

from argparse import Namespace
from pathlib import Path

from merflow.errors import ConfigError
from merflow.prediction.answers import Prediction
from merflow.prediction.model_file import Model
from merflow.prediction.output import check_out, write_predictions
from merflow.prediction.predictor import Predictor, load_predictor

_OF_ONE_CLIP = ("onset", "apex", "offset", "depth", "depth_unit_mm", "intrinsics")
_COLUMN = {"depth": "depth_path"}
"""Column that says what an option says, where their names differ."""


def predict_asked(options: Namespace) -> tuple[list[Prediction], Model]:
    """Predict what the options of the command ask for, and write what they name.

    Raises
    ------
    ConfigError
        On options that exclude each other, before anything is read.
    MerflowError
        As :class:`merflow.prediction.predictor.Predictor` raises it.
    """
    _check_options(options)
    predictor = load_predictor(options.model)
    predictions = _of_table(predictor, options) if options.table else [_of_recording(predictor, options)]
    if options.out:
        write_predictions(predictions, predictor.model, options.out)
    return predictions, predictor.model


def _of_recording(predictor: Predictor, options: Namespace) -> Prediction:
    return predictor(
        options.recording,
        onset=options.onset,
        apex=options.apex,
        offset=options.offset,
        unit=options.unit,
        first_frame=options.first_frame,
        fps=options.fps,
        depth=options.depth,
        depth_unit_mm=options.depth_unit_mm,
        intrinsics=options.intrinsics,
        meshes=options.meshes,
        picture=options.picture,
    )


def _of_table(predictor: Predictor, options: Namespace) -> list[Prediction]:
    return predictor.table(
        options.table,
        root=options.root,
        unit=options.unit,
        first_frame=options.first_frame,
        fps=options.fps,
        pictures=options.picture,
    )


def _check_options(options: Namespace) -> None:
    if (options.recording is None) == (options.table is None):
        found = "neither" if options.table is None else "both"
        raise ConfigError(f"expected a recording or --table, but found {found}. Name a video, a folder or a table.")
    given = [name for name in _OF_ONE_CLIP if getattr(options, name) is not None]
    if options.table is not None and options.meshes is not None:
        raise ConfigError("expected --meshes with one recording, but found --table, which names no meshes of its rows.")
    if options.table is not None and given:
        column, option = _COLUMN.get(given[0], given[0]), given[0].replace("_", "-")
        raise ConfigError(f"expected {column} as a column of the table, but found --{option}.")
    if options.table is None and options.root is not None:
        raise ConfigError("expected --root with --table, but found it with a recording. Give the whole path of it.")
    if options.out is not None:
        check_out(options.out)
    if options.picture is not None:
        _check_picture(options.picture, of_table=options.table is not None)


def _check_picture(path: Path, *, of_table: bool) -> None:
    if not of_table and path.suffix != ".png":
        raise ConfigError(f"--picture: expected a file .png, but found {path}. Change its name.")
    if of_table and path.suffix:
        raise ConfigError(f"--picture: expected a folder, for a picture of each row, but found {path}. Name a folder.")
