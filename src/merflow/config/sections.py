"""The sections of config.yaml as settings dataclasses; ``workflow/schemas`` is generated from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from merflow.checks import check_choice, check_setting
from merflow.datasets.labels import label_set_named
from merflow.settings import to_plain
from merflow.stages import READABLE, STAGES
from merflow.training.method import Method
from merflow.training.settings import ProtocolSettings, TrainingSettings

STAGE_SETTINGS: Mapping[str, type] = {kind: stage.settings_class() for kind, stage in STAGES.items()}
"""Settings of one variant of each kind of artefact."""

MAX_SEEDS = 100
"""Trainings of each fold that an experiment may ask for."""


@dataclass(frozen=True, slots=True)
class Execution:
    """How work is done. No result depends on it, and changing it makes nothing stale.

    Parameters
    ----------
    compression : {"gzip", "zstd", "none"}
        Of new shards. gzip opens everywhere; zstd writes in half of the time and needs hdf5plugin to read.
    subjects_per_job : int
        Subjects whose shards one job makes: 0 for four, and of more than 256 subjects for as many as leave 64 jobs a
        stage. More of them start fewer processes and are planned sooner; fewer can be made side by side.
    device : {"auto", "cpu", "cuda"}
        Where networks train; auto takes a GPU when there is one. Two devices agree to rounding, not to the byte.
    stack : int
        Networks that a job trains side by side, folds and seeds together: 0 for as many as fit into the memory of a
        GPU, and one by one on a CPU; 1 for one by one. They agree with one by one to rounding, not to the byte.
    """

    compression: Literal["gzip", "zstd", "none"] = "gzip"
    subjects_per_job: int = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"
    stack: int = 0

    def __post_init__(self) -> None:
        few, stack = self.subjects_per_job, self.stack
        check_setting(few >= 0, "execution.subjects_per_job", expected="0 or more subjects", found=few)
        check_setting(stack >= 0, "execution.stack", expected="0 or more networks", found=stack)


@dataclass(frozen=True, slots=True)
class InputSettings:
    """From artefact to network input.

    Parameters
    ----------
    coordinates : {"aligned", "metres"}
        Of points. ``aligned``: x, y on the aligned face from its middle in units of 60 px of 256, z from the mean of
        the face in units of 50 mm. ``metres``: x, y, z before the camera, as the paper prints it.
    motion : {"all", "flow"}
        Of points. ``all``: u, v and dz. ``flow``: u and v alone, five channels. That dz ranks no point either is said
        by the variant of the regions (``motion: flow``).
    nodes : {"displacement", "coordinates"}
        Of landmark graphs. ``displacement``: x, y since the onset in units of the distance of the eyes, D and alpha as
        change since the onset. ``coordinates``: x, y, D and alpha of each frame, as the GTS-GN paper prints them.
    """

    coordinates: Literal["aligned", "metres"] = "aligned"
    motion: Literal["all", "flow"] = "all"
    nodes: Literal["displacement", "coordinates"] = "displacement"


@dataclass(frozen=True, slots=True)
class PaperCells:
    """A row of a table of a paper.

    Parameters
    ----------
    table : str
        ``<paper>:<table>`` as ``evaluation/reference_results.csv`` names them, such as ``gts_gn:V``.
    row : str
        Method of the row, and after `` | `` its variant, if it has one, such as ``GTS-GN | LAM; AAU``.
    without_leak : bool
        The experiment is not the row. It asks the question of the row without the leak that the row's protocol has, and
        its number stands below that of the row.
    """

    table: str
    row: str
    without_leak: bool = False


@dataclass(frozen=True, slots=True)
class Experiment:
    """One row of a table: what a model sees, how it is trained, and how it is judged.

    Parameters
    ----------
    description : str
        One sentence for tables and reports.
    model : str
        A network or baseline of merflow, or ``package.module:Class`` of your own (docs/adding-a-model.md).
    artefact : str
        ``<kind>/<variant>`` that the examples are taken from.
    labels : str
        Label set, a name of ``docs/configuration.md``, or ``package.module:NAME`` of your own. Clips outside it are
        listed in the experiment's exclusions.csv.
    datasets : tuple of str
        Datasets that the target ``all`` runs it on. It can be asked for on every other one by path.
    expressions : tuple of str
        ``micro``, ``macro`` or both.
    protocol : ProtocolSettings
        How clips are divided into training and test.
    seeds : tuple of int
        One training run each; the headline is their mean.
    model_params : mapping of str to any
        Arguments of the model; what is left out keeps the model's default.
    input : InputSettings
        From artefact to network input.
    training : TrainingSettings
        Schedule; a baseline has none.
    bootstrap : int
        Resamplings of the subjects for the 95 % intervals.
    baselines : tuple of str
        Experiments whose metrics stand beside this one's.
    overrides : mapping of str to any
        By dataset: settings of this experiment that differ there.
    paper : tuple of PaperCells
        Rows of published tables that this experiment is. Not inherited, and nothing is computed from it.
    extends : str or None
        Experiment whose settings this one inherits, all but ``paper``. A shipped experiment's own name: the block
        changes single settings of it, and keeps ``paper``.
    """

    model: str
    artefact: str
    description: str = ""
    labels: str = "emotion3"
    datasets: tuple[str, ...] = ()
    expressions: tuple[Literal["micro", "macro"], ...] = ("micro",)
    protocol: ProtocolSettings = field(default_factory=ProtocolSettings)
    seeds: tuple[int, ...] = (0, 1, 2)
    model_params: Mapping[str, Any] = field(default_factory=dict)
    input: InputSettings = field(default_factory=InputSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    bootstrap: int = 10000
    baselines: tuple[str, ...] = ()
    overrides: Mapping[str, Any] = field(default_factory=dict)
    paper: tuple[PaperCells, ...] = ()
    extends: str | None = None

    def __post_init__(self) -> None:
        different = len(set(self.seeds)) == len(self.seeds) > 0
        check_setting(different, "seeds", expected="one or more different seeds", found=list(self.seeds[:MAX_SEEDS]))
        few = len(self.seeds) <= MAX_SEEDS
        check_setting(few, "seeds", expected=f"at most {MAX_SEEDS}, each a training", found=len(self.seeds))
        check_setting(min(self.seeds) >= 0, "seeds", expected="0 or more", found=min(self.seeds))
        check_setting(len(self.expressions) > 0, "expressions", expected="micro, macro or both", found=self.expressions)
        check_setting(self.bootstrap >= 1, "bootstrap", expected="1 or more resamplings", found=self.bootstrap)
        check_choice(self.kind, "artefact", READABLE)
        label_set_named(self.labels)
        crossed = self.protocol.name == "cross_domain"
        both = {"micro", "macro"} <= set(self.expressions)
        check_setting(
            both or not crossed, "expressions", expected="micro and macro for cross_domain", found=self.expressions
        )

    @property
    def kind(self) -> str:
        """Kind of artefact that the examples are taken from."""
        return self.artefact.partition("/")[0]

    @property
    def variant(self) -> str:
        """Variant of that kind."""
        return self.artefact.partition("/")[2]

    @property
    def method(self) -> Method:
        """What decides its folds beside the examples."""
        return Method(self.model, self.model_params, self.protocol, self.training, self.seeds)

    @property
    def is_baseline(self) -> bool:
        """Whether it fits a baseline, which takes seconds a fold and no GPU, and trains no network."""
        return self.method.is_baseline

    def plain(self, *keys: str) -> dict[str, Any]:
        """Return what its results depend on as plain values: for the parameters of a rule, and for a record.

        Without ``overrides``, which are applied where they concern a dataset; without ``paper``, which says what its
        numbers stand beside; and without the settings of its training and its protocol that no result depends on.

        Parameters
        ----------
        *keys : str
            Settings that are asked for; all of them by default.
        """
        asked = keys or [one.name for one in fields(self) if one.name not in ("overrides", "paper")]
        deciding = {"training": self.training.deciding(), "protocol": self.protocol.deciding()}
        return {key: deciding[key] if key in deciding else to_plain(getattr(self, key)) for key in asked}
