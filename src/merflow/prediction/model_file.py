"""``final/model.pt``: the networks of all seeds, and everything that is needed to run them on raw frames."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from merflow import paths
from merflow.errors import ArtefactError, ConfigError
from merflow.make_command import make_command
from merflow.settings import from_plain, to_plain
from merflow.training.checkpoint import save_weights
from merflow.training.final import FinalNetwork
from merflow.training.trained import TrainedNetwork, rebuilt
from merflow.untrusted.weights_file import read_weights

FORMAT = "merflow final model"
FORMAT_VERSION = 1
"""Of the file. It is raised when an older merflow would read another meaning from it."""

_SEED = "seed{seed}/{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a model file says of its networks, as plain values.

    Parameters
    ----------
    dataset, experiment : str
        In the results that it comes from.
    settings : mapping
        As ``merflow.plan.resolved_settings`` returns them, without the places of files: ``dataset``, ``experiment``,
        ``artefacts`` by ``<kind>/<variant>`` from the recordings on, and of a composite ``members``.
    examples : mapping
        As ``merflow.config.inputs.example_settings`` returns them: how a network's input is read from the artefact.
    code : mapping of str to str
        Fingerprint of the code of each part, by its name (``merflow.prediction.code``); empty = not known.
    python : str
        Minor version of Python that the fingerprints are of.
    files : mapping of str to str
        SHA-256 of each file that a setting of a stage names, by the path in the setting.
    versions : mapping of str to str
        Of merflow and of the libraries that trained it.
    metrics : sequence of mapping
        Rows of ``metrics.csv`` of the experiment.
    tested : str
        One sentence: on whom these metrics were measured.
    data : sequence of mapping
        Of each dataset ``name``, ``title``, ``licence``, ``citation``.
    clips : mapping of str to int
        Training clips of each class or label.
    agreed : mapping of str to int
        What all training clips say of labels on which they agree, 0 = absent; no network can learn these. Of labels
        that are told one by one only.
    subjects : int
        Training subjects.
    made_of : mapping
        Content of the examples, code, device and threads, as the record of a fold has them.
    """

    dataset: str
    experiment: str
    settings: Mapping[str, Any]
    examples: Mapping[str, Any]
    code: Mapping[str, str] = field(default_factory=dict)
    python: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    metrics: tuple[Mapping[str, Any], ...] = ()
    tested: str = ""
    data: tuple[Mapping[str, str], ...] = ()
    clips: Mapping[str, int] = field(default_factory=dict)
    agreed: Mapping[str, int] = field(default_factory=dict)
    subjects: int = 0
    made_of: Mapping[str, Any] = field(default_factory=dict)

    @property
    def chain(self) -> list[tuple[str, str]]:
        """Kind and variant of every artefact that the networks' input goes back to, recordings' side first."""
        return [(kind, variant) for kind, _, variant in (name.partition("/") for name in self.settings["artefacts"])]

    @property
    def depth_units_mm(self) -> tuple[float, ...]:
        """Mm that 1 in the depth pictures of the training data stands for, of a composite those of its members."""
        blocks = [*self.settings.get("members", {}).values()] or [self.settings["dataset"]]
        return tuple(sorted({float(block.get("depth_unit_mm", 1.0)) for block in blocks}))


@dataclass(frozen=True, slots=True)
class Model:
    """Networks that answer together, and what is known of them.

    Parameters
    ----------
    path : Path
        Where they were read from.
    about : About
    networks : mapping of int to TrainedNetwork
        By seed.
    """

    path: Path
    about: About
    networks: Mapping[int, TrainedNetwork]

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes, or labels that are told one by one, in the order of the scores."""
        return tuple(self._first.config["classes"])

    @property
    def multi(self) -> bool:
        """Whether labels are told one by one."""
        return bool(self._first.config.get("multi", False))

    @property
    def _first(self) -> TrainedNetwork:
        return next(iter(self.networks.values()))


def write_model(path: Path, networks: Iterable[FinalNetwork], about: About) -> None:
    """Write a model file; the same networks and settings give the same bytes."""
    state: dict[str, Tensor] = {}
    configs = {}
    for one in networks:
        state |= {_SEED.format(seed=one.seed, name=name): value for name, value in one.state.items()}
        configs[str(one.seed)] = one.config
    content = {"format": FORMAT, "format_version": FORMAT_VERSION, "about": to_plain(asdict(about))}
    save_weights(path, state, content | {"networks": configs})


def read_model(path: Path) -> Model:
    """Read a model file.

    Raises
    ------
    ArtefactError
        When there is no such file, it is none of ours, of another kind or format, damaged, or its tensors are not those
        of the network that it names.
    """
    state, content = read_weights(
        path, what=f"a final model ({Path(paths.final('', '', 'model.pt')).name})", advice=_make()
    )
    _check_kind(path, content)
    try:
        about = from_plain(About, content["about"], where=str(path))
        configs = {int(seed): dict(config) for seed, config in content["networks"].items()}
    except (AttributeError, ConfigError, KeyError, TypeError, ValueError) as error:
        raise ArtefactError(
            f"{path}: expected what a final model says of itself, but found: {error}. {_make()}"
        ) from error
    if not configs or not _is_whole(about):
        raise ArtefactError(f"{path}: expected a network and the settings of its stages, but found none. {_make()}")
    networks = {seed: rebuilt(path, _of_seed(state, seed), config, advice=_make()) for seed, config in configs.items()}
    return Model(path, about, networks)


def _is_whole(about: About) -> bool:
    """Return whether everything is there that a prediction reads."""
    settings = about.settings
    blocks = [settings.get(name) for name in ("dataset", "experiment", "artefacts")]
    if not all(isinstance(block, Mapping) for block in blocks) or not settings["artefacts"]:
        return False
    return {"model", "expressions"} <= settings["experiment"].keys() and {"input", "labels"} <= about.examples.keys()


def _of_seed(state: Mapping[str, Tensor], seed: int) -> dict[str, Tensor]:
    prefix = _SEED.format(seed=seed, name="")
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def _check_kind(path: Path, content: Mapping[str, Any]) -> None:
    """Refuse another file of merflow, and a format that this version does not know."""
    if content.get("format") != FORMAT:
        fold = f"the weights of fold {content['fold']}" if "fold" in content else "other weights"
        raise ArtefactError(
            f"{path}: expected a final model, but found {fold}. To predict with a fold, name its folder "
            f"({paths.fold('DATASET', 'EXPERIMENT', 'FOLD')}). {_make()}"
        )
    if content.get("format_version") != FORMAT_VERSION:
        wrote = dict(dict(content.get("about", {})).get("versions", {})).get("merflow", "another version")
        raise ArtefactError(
            f"{path}: expected format {FORMAT_VERSION} of a final model, but found {content.get('format_version')!r}, "
            f"written by merflow {wrote}. Install that version, or train the model again with this one."
        )


def _make() -> str:
    return f"Make one: {make_command(paths.final('DATASET', 'EXPERIMENT', 'model.pt'))}"
