"""The declaration of a stage. The rest of merflow reads it and names no kind of artefact."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from merflow.artefacts.schema import KindSchema
from merflow.names import named


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One kind of artefact; its name is that of its folder, ``merflow.stages.<kind>``.

    What needs a library is named as ``module:name`` and loaded when it is asked for, so that planning and training
    load no OpenCV, and preprocessing no torch and no Matplotlib.

    Parameters
    ----------
    rule : str
        Rule of the workflow that makes its shards from recordings or from the upstream kind.
    schema : KindSchema
        What a shard holds.
    settings : str
        ``module:class`` of the frozen dataclass that a variant is made of: a block ``<kind>: <variant>:`` of
        config.yaml.
    picture : str
        ``module:function`` that draws one clip: (shard, clip id, upstream shards by kind) -> Figure.
    upstream : str
        Kind that this one is computed from; a variant names that kind's variant under this key. Empty for a stage that
        reads recordings.
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

    rule: str
    schema: KindSchema
    settings: str
    picture: str
    upstream: str = ""
    examples: str = ""
    shown: tuple[str, ...] = ()
    drawn_alone: bool = False
    training: tuple[str, ...] = ()

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
            if stage.upstream == upstream:
                ordered[kind] = stage
                add(kind)

    add("")
    lost = sorted(set(declared) - set(ordered))
    if lost:
        raise ValueError(f"expected stages that go back to recordings, found {', '.join(lost)}, which do not")
    return ordered
