"""Whether a model is of the present data: of the examples, the scores and the table among whose results it lies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from merflow import paths
from merflow.artefacts import read_examples
from merflow.datasets.clip import Clip
from merflow.datasets.clip_table import read_clips
from merflow.datasets.declared import OF_EVERY_DATASET
from merflow.datasets.registry import index_dataset
from merflow.datasets.table.settings import TABLE
from merflow.errors import MerflowError
from merflow.evaluation.metrics_table import read_metrics
from merflow.make_command import make_command, study_of
from merflow.prediction.made import told_scores
from merflow.prediction.model_file import Model
from merflow.untrusted.yaml_file import read_yaml
from merflow.user_paths import expanded

CONFIG = "config.yaml"
_READER = "table"


def what_is_newer(model: Model) -> str:
    """Return in what the results that a model lies among are not those that it was made of, and what renews it.

    Returns
    -------
    str
        A sentence. Empty where everything is as it was, and of a model that lies elsewhere: nothing is beside it.
    """
    about, path = model.about, model.path.absolute()
    final, fold = (make(about.dataset, about.experiment, path.name) for make in (paths.final, paths.fold))
    if not path.as_posix().endswith((f"/{final}", f"/{fold}")):
        return ""
    experiment = path.parents[1]
    try:
        newer = [*_of_results(model, experiment), *_of_table(about.dataset, experiment)]
    except MerflowError as error:
        return f"whether the model is of the present data cannot be told: {' '.join(str(error).split())}"
    if not newer:
        return ""
    target = path if path.as_posix().endswith(f"/{final}") else experiment / "metrics.csv"
    return f"the model is older than the data beside it: {'; '.join(newer)}. Renew it: {make_command(target)}"


def _of_results(model: Model, experiment: Path) -> Iterator[str]:
    """Yield which of the results beside a model is not the one that it was made of."""
    examples, metrics, about = experiment / "examples.h5", experiment / "metrics.csv", model.about
    trained_on = about.made_of.get("examples")
    if trained_on and examples.is_file() and read_examples(examples).content() != trained_on:
        yield f"{examples} holds other clips, labels or features than it was trained on"
    elif about.metrics and metrics.is_file() and repr(told_scores(read_metrics(metrics))) != repr([*about.metrics]):
        yield f"{metrics} holds other scores than those that are stored with it"


def _of_table(dataset: str, experiment: Path) -> Iterator[str]:
    """Yield whether a table of clips of the user gives other clips than those that were indexed.

    It is read, and its recordings are looked at, only if it is newer than the index: else nobody has edited it.
    """
    study = study_of(experiment)
    block = _block_of_table(study, dataset) if study else {}
    if study is None or not block:
        return
    table, index = Path(block["annotation"]), study / paths.clips(dataset)
    if not (table.is_file() and index.is_file() and table.stat().st_mtime_ns > index.stat().st_mtime_ns):
        return
    own = {key: value for key, value in block.items() if key not in OF_EVERY_DATASET}
    exclude, apexes = (str(block.get(key) or "") for key in ("exclude", "apexes"))
    clips = index_dataset(dataset, _READER, own, exclude=exclude, apexes=apexes).clips
    if _facts(clips) != _facts(read_clips(index)):
        yield f"{table} was edited, and says something else than {index}"


def _block_of_table(study: Path, dataset: str) -> dict[str, Any]:
    """Return the settings of a dataset that is a table of the user, with the paths as whole ones; of others none."""
    config = study / CONFIG
    content = read_yaml(config) if config.is_file() else {}
    datasets = content.get("datasets") if isinstance(content, Mapping) else None
    block = datasets.get(dataset) if isinstance(datasets, Mapping) else None
    if not isinstance(block, Mapping) or block.get("reader") != _READER or block.get("synthesis"):
        return {}
    places = {key: block.get(key) for key in ("root", "annotation", "exclude", "apexes")}
    whole = {key: str(study / expanded(str(path), setting=f"{config}: {key}")) for key, path in places.items() if path}
    return {**block, "annotation": f"{whole.get('root')}/{TABLE}", **whole}


def _facts(clips: Sequence[Clip]) -> list[Clip]:
    """Return clips without their notes, which name files as the configuration does."""
    return [replace(clip, notes="") for clip in clips]
