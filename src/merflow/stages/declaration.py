"""The declaration of a stage. The rest of merflow reads it and names no kind of artefact."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from merflow.artefacts.schema import KindSchema
from merflow.datasets.clip import Clip
from merflow.errors import ConfigError
from merflow.names import named
from merflow.stages.recorded import RecordedFrames, recorded_clips


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How the shards of a stage are made: the rules of the workflow and its script take everything from here.

    Parameters
    ----------
    rule : str
        Name of the rule of the workflow; ``<rule>_of_subject`` makes one shard alone.
    message : str
        What a job does, in the words of the rule's message: ``Find the faces``.
    job : str
        ``module:function`` that fills one shard: (:class:`merflow.stages.job.Job`, upstream shards by kind,
        ShardWriter) -> None.
    reads : tuple of str
        Kinds of the upstream shards that it reads, all of them in its chain.
    recorded : str
        ``module:function`` that says which recorded frames a variant reads: (settings of the variant) ->
        :class:`merflow.stages.recorded.RecordedFrames`. Empty for a stage that is made of shards alone, and is told
        nothing that the index says of its clips.
    camera : str
        ``module:function`` that says through which camera depth is seen where the index knows none: (settings) -> the
        key of the block that says so, empty for the variant itself, and its
        :class:`merflow.stages.recorded.CameraSettings`. Empty where no setting is a camera's.
    depth : bool
        Whether a clip that was recorded without depth has no artefact.
    ready : bool
        Whether it reads pictures that came ready, in datasets that consist of them.
    params : str
        ``module:function`` that says what decides the numbers: (settings of the variant, settings of the dataset) ->
        settings. Empty: the settings of the variant.
    files : str
        ``module:function`` that names the files that a variant reads besides: (settings) -> paths by name.
    planned_files : str
        ``module:function`` that names those of them that planning looks at: (settings) -> paths by name. One that the
        workflow makes is made first, and of another the content makes stale. What comes with a package is not among
        them: it changes with the package, and need not be there where jobs are planned.
    memory_mb, minutes : int
        What a job may take: MB, and minutes for one subject.
    environment : str
        Conda environment of its rule, ``envs/<environment>.yaml``.
    """

    rule: str
    message: str
    job: str
    reads: tuple[str, ...] = ()
    recorded: str = ""
    camera: str = ""
    depth: bool = False
    ready: bool = False
    params: str = ""
    files: str = ""
    planned_files: str = ""
    memory_mb: int = 2000
    minutes: int = 30
    environment: str = "preprocessing"

    @property
    def reads_recordings(self) -> bool:
        """Whether it reads recorded files, and with them the index."""
        return bool(self.recorded) or self.ready

    def settings_of(self, variant: Mapping[str, Any], dataset: Mapping[str, Any]) -> dict[str, Any]:
        """Return what decides the numbers of a shard, from the settings of its variant and of its dataset."""
        return dict(named(self.params)(variant, dataset)) if self.params else dict(variant)

    def clips_read(self, clips: Sequence[Clip], settings: Any) -> list[Clip]:
        """Return the clips of a subject as the stage is given them; none where it reads no recordings."""
        if not self.reads_recordings:
            return []
        read = self.frames_read(settings) if self.recorded else RecordedFrames((), depth=False)
        return recorded_clips(clips, depth=read.depth, scans=read.scans, camera=read.camera)

    def frames_read(self, settings: Any) -> RecordedFrames:
        """Return the recorded frames that a variant with these settings reads."""
        found: RecordedFrames = named(self.recorded)(settings)
        return found

    def files_read(self, settings: Any) -> dict[str, Path]:
        """Return the files besides recordings and shards that a variant with these settings reads, by name."""
        return dict(named(self.files)(settings)) if self.files else {}

    def files_planned(self, settings: Any) -> dict[str, Path]:
        """Return those of the files read that planning looks at, by name."""
        return dict(named(self.planned_files)(settings)) if self.planned_files else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One kind of artefact; its name is that of its folder, ``merflow.stages.<kind>``.

    What needs a library is named as ``module:name`` and loaded when it is asked for, so that planning and training
    load no OpenCV, and preprocessing no torch and no Matplotlib.

    Parameters
    ----------
    making : Making
        How its shards are made from recordings or from the upstream kind.
    schema : KindSchema
        What a shard holds.
    settings : str
        ``module:class`` of the frozen dataclass that a variant is made of: a block ``<kind>: <variant>:`` of
        config.yaml.
    check : str
        ``module:function`` that refuses settings that do not go with the kind that a variant is computed from:
        (settings, that kind) -> None, or ConfigError. Empty where all do.
    picture : str
        ``module:function`` that draws one clip: (shard, clip id, upstream shards by kind) -> Figure.
    quality : str
        ``module:name`` of the :class:`merflow.quality_columns.Quality` of its clips; empty where there is nothing to
        measure that a stage before it does not.
    exports : str
        ``module:name`` of a tuple of :class:`merflow.stages.exporting.Export`, the forms in which its clips can be
        written for other programs; empty where there is none.
    upstream : str
        Kind that this one is computed from; a variant names that kind's variant under this key. Empty for a stage that
        reads recordings.
    instead : mapping of str to Making
        Further kinds that it can be computed from, each with the way in which its shards are then made: a variant names
        that kind's variant in place of one of `upstream`.
    importing : Making, optional
        How its shards are made in a dataset of ready artefacts of this kind.
    examples : str
        ``module:function`` that says how examples are read: (:class:`merflow.stages.examples.Choice`) ->
        :class:`merflow.stages.examples.Features`. Empty where no network reads this kind.
    shown : tuple of str
        Pictures that stand beside the metrics of an experiment that reads this kind, below its ``pictures/``.
    drawn_alone : bool
        Whether ``pictures/<kind>.png`` is made by a rule of its own, ``draw_<kind>``, with the caption
        ``workflow/report/<kind>.rst``; other pictures are made together.
    training : tuple of str
        Settings of the training that are for examples of this kind only: ``train_points``, ``mirror``,
        ``image_augmentation``.
    """

    making: Making
    schema: KindSchema
    settings: str
    picture: str
    check: str = ""
    quality: str = ""
    exports: str = ""
    upstream: str = ""
    instead: Mapping[str, Making] = field(default_factory=dict)
    importing: Making | None = None
    examples: str = ""
    shown: tuple[str, ...] = ()
    drawn_alone: bool = False
    training: tuple[str, ...] = ()

    @property
    def makings(self) -> tuple[Making, ...]:
        """The ways in which its shards are made."""
        return (self.making, *([self.importing] if self.importing else []), *self.instead.values())

    @property
    def upstreams(self) -> tuple[str, ...]:
        """The kinds that it can be computed from; none of a stage that reads recordings."""
        return (self.upstream, *self.instead) if self.upstream else ()

    def upstream_of(self, variant: Mapping[str, Any]) -> str:
        """Return the kind that a variant is computed from, empty of a stage that reads recordings.

        Raises
        ------
        ConfigError
            When the block of the variant names none, or several.
        """
        named_ones = [kind for kind in self.upstreams if kind in variant]
        if len(named_ones) != (1 if self.upstreams else 0):
            expected = "a variant of " + " or ".join(self.upstreams)
            raise ConfigError(
                f"expected {expected} that it is computed from, found {' and '.join(named_ones) or 'none'}. Name one: "
                f"{' or '.join(f'{kind}: <variant>' for kind in self.upstreams)}."
            )
        return named_ones[0] if named_ones else ""

    def making_of(self, variant: Mapping[str, Any]) -> Making:
        """Return how the shards of a variant are made of what it names; raises ConfigError as `upstream_of`."""
        return self.instead.get(self.upstream_of(variant), self.making)

    def check_settings(self, settings: Any, upstream: str) -> None:
        """Refuse settings that do not go with the kind that a variant is computed from; raises ConfigError."""
        if self.check:
            named(self.check)(settings, upstream)

    def without_effect(self, settings: Any, upstream: str) -> Mapping[str, str]:
        """Return each setting that a variant does not read beside its others, and what it belongs to.

        The class of the settings says it in a method of this name, where it has any: (the kind that the variant is
        computed from) -> name of a setting or block, or ``block.name``, and what it belongs to.
        """
        told: Callable[[str], Mapping[str, str]] | None = getattr(settings, "without_effect", None)
        return told(upstream) if told else {}

    def own_settings(self, variant: Mapping[str, Any]) -> dict[str, Any]:
        """Return the block of a variant without the kind that it is computed from."""
        return {key: value for key, value in variant.items() if key not in self.upstreams}

    def settings_class(self) -> type[Any]:
        """Return the dataclass of a variant's settings."""
        found: type[Any] = named(self.settings)
        return found


def in_order(declared: Mapping[str, Stage]) -> dict[str, Stage]:
    """Return declarations in the order in which data flow: each stage before those that are computed from it.

    Raises
    ------
    ValueError
        When stages name an upstream kind that is not declared, or each other in a circle.
    """
    ordered: dict[str, Stage] = {}

    def add(upstream: str) -> None:
        for kind, stage in sorted(declared.items()):
            last = upstream in (stage.upstreams or ("",)) and set(stage.upstreams) <= set(ordered)
            if last and kind not in ordered:
                ordered[kind] = stage
                add(kind)

    add("")
    lost = sorted(set(declared) - set(ordered))
    if lost:
        raise ValueError(f"expected stages that go back to recordings, found {', '.join(lost)}, which do not")
    return ordered
