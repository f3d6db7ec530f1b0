"""Find a model: the file of a final one, or the weights of a fold with the settings of its experiment."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from merflow import paths
from merflow.artefacts.refusals import rebuild
from merflow.config.inputs import example_settings
from merflow.config.mistyped_result import next_move
from merflow.config.sections import Experiment
from merflow.errors import ArtefactError, MerflowError
from merflow.evaluation.headlines import told_one_by_one
from merflow.evaluation.predictions import read_collected, read_predictions
from merflow.evaluation.settings_file import read_settings
from merflow.files import sha256
from merflow.make_command import make_command, study_of
from merflow.plugins import use_folder
from merflow.prediction.code import changed_code
from merflow.prediction.model_file import About, Model, read_model
from merflow.prediction.renewal import what_is_newer
from merflow.reading import is_folder
from merflow.settings import from_plain
from merflow.training.fold_record import PREDICTIONS, WEIGHTS, read_record, seeds_in, weights_of_seed
from merflow.training.trained import load_trained

METRICS, SETTINGS, MODEL = "metrics.csv", "settings.yaml", "model.pt"


def model_at(path: Path) -> Model:
    """Return the model of a file, or that of a fold's folder.

    Raises
    ------
    ArtefactError
        As :func:`merflow.prediction.model_file.read_model` and :func:`model_of_fold`.
    """
    if not path.exists():
        raise ArtefactError(
            f"{path}: expected a final model ({MODEL}), or the folder of a fold, but found no file and no folder. "
            f"{_what_to_train(path)}"
        )
    study = study_of(path.absolute())
    if study:
        use_folder(study)  # a network of one's own lies beside its config.yaml
    model = model_of_fold(path) if is_folder(path) else read_model(path)
    return with_files_of(study, model) if study else model


def _what_to_train(path: Path) -> str:
    """Return the next move where a path leads to nothing: the nearest result, or the command that trains the model."""
    if paths.RESULTS not in path.parts:
        return f"Make one: {make_command(paths.final('DATASET', 'EXPERIMENT', MODEL))}"
    trained = path.parents[1] / METRICS if path.parent.name == "folds" else path
    return next_move(trained)


def with_files_of(study: Path, model: Model) -> Model:
    """Return a model whose stages find the files that their settings name from the folder of its study on.

    Jobs work in that folder. A prediction works in any.
    """
    about = model.about

    def moved(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: moved(one) for key, one in value.items()}
        named = isinstance(value, str) and (value in about.files or bool(Path(value).suffix))
        return str(study / value) if named and (study / value).is_file() else value

    settings = {**about.settings, "artefacts": moved(about.settings["artefacts"])}
    files = {moved(name): digest for name, digest in about.files.items()}
    return replace(model, about=replace(about, settings=settings, files=files))


def model_of_fold(folder: Path) -> Model:
    """Return the networks of one fold of an experiment as a model.

    Parameters
    ----------
    folder : Path
        ``results/<dataset>/<experiment>/folds/<fold>``, with the weights; the experiment must be scored, since
        ``settings.yaml`` beside its metrics says of which settings they are.

    Raises
    ------
    ArtefactError
        When the folder is no fold, its weights or settings are missing or not as they were written, there are weights
        of no seed among them, or it was trained anew since the experiment was scored.
    """
    whole = folder.absolute()  # "." has no name
    seeds = seeds_in(folder / WEIGHTS)
    if whole.parent.name != "folds" or not seeds:
        raise ArtefactError(
            f"{folder}: expected the folder of a fold with {weights_of_seed(0)}, but found another. "
            f"{_instead_of(folder)}"
        )
    experiment = whole.parents[1]
    settings = read_settings(experiment / SETTINGS)
    own = _scored(whole, experiment)
    about = About(
        dataset=experiment.parent.name,
        experiment=experiment.name,
        settings=settings,
        examples=example_settings(_experiment(settings)),
        agreed=_agreed(own),
        tested=f"The networks were trained without the test clips of fold {whole.name}.",
        made_of=record.made_of if (record := read_record(folder)) else {},
    )
    networks = [load_trained(path) for path in seeds]
    return Model(folder, about, {int(one.config["seed"]): one for one in networks})


def _instead_of(folder: Path) -> str:
    """Return the next move of who named a folder that is that of no fold: of an experiment, its final network."""
    final = folder / "final" / MODEL
    if final.is_file():
        return f"Name {final}."
    if (folder / METRICS).is_file():
        return f"Name one of the folders in {folder / 'folds'}, or train the final network: {make_command(final)}"
    return f"Name {paths.final('DATASET', 'EXPERIMENT', MODEL)}, or {paths.fold('DATASET', 'EXPERIMENT', 'FOLD')}."


def _scored(folder: Path, experiment: Path) -> pd.DataFrame:
    """Return the predictions of a fold.

    A fold that was trained anew since its experiment was scored is refused: the settings there may not be its own.
    """
    own, scored = read_predictions([folder / PREDICTIONS]), read_collected(experiment / PREDICTIONS)
    rows = scored[scored["fold"] == folder.name].reset_index(drop=True)
    if not rows.equals(own[list(scored.columns)]):
        raise ArtefactError(
            f"{folder}: expected the fold that {experiment / SETTINGS} describes, but its predictions are not among "
            f"those that were scored. Score it: {rebuild(experiment / METRICS)}"
        )
    return own


def _agreed(own: pd.DataFrame) -> dict[str, int]:
    """Return what the training clips of a fold say of labels on which they agree: those have no score."""
    unlearnt = own[own["score"].isna()] if told_one_by_one(own) else own[:0]
    return {str(name): int(predicted) for name, predicted in zip(unlearnt["label"], unlearnt["predicted"], strict=True)}


def _experiment(settings: Mapping[str, Any]) -> Experiment:
    return from_plain(Experiment, settings["experiment"], where=SETTINGS)


def what_changed(model: Model) -> tuple[str, ...]:
    """Return in what this installation, or the data beside a model, is not what made it, a sentence each."""
    about, newer = model.about, what_is_newer(model)
    if not about.code:
        code = "weights of a fold: whether the code is that of its training is not known"
        return tuple(filter(None, (newer, code)))
    artefacts, model_name = about.settings["artefacts"], about.settings["experiment"]["model"]
    code = changed_code(about.code, artefacts=artefacts, model=model_name, python=about.python)
    return tuple(filter(None, (newer, code, *(_changed_file(name, digest) for name, digest in about.files.items()))))


def _changed_file(name: str, digest: str) -> str:
    path = Path(name)
    if not path.is_file():
        raise MerflowError(f"{name}: expected the file that a stage of the model reads, found none. Put it there.")
    return "" if sha256(path) == digest else f"{name} is another file than the model was made with: scores may differ"
