"""Run the stages of a model on clips, from raw frames to the artefact that its networks read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from merflow import paths
from merflow.artefacts import Shard, ShardWriter, open_shard
from merflow.config import stage_settings
from merflow.datasets.clip import Clip
from merflow.errors import ArtefactError
from merflow.names import named
from merflow.prediction.model_file import Model
from merflow.stages import STAGES
from merflow.stages.declaration import Making
from merflow.stages.job import Job

_NAME = re.compile(r"\w[\w.-]*")


def check_chain(model: Model) -> None:
    """Refuse a model whose chain is none of this merflow, before anything is computed.

    Raises
    ------
    ArtefactError
        When a kind is not known or not where it belongs, or a name could not be that of a file.
    ConfigError
        When a setting of a stage is not known or outside its range.
    """
    chain = model.about.chain
    kinds = [kind for kind, _ in chain]
    wrong = [name for name in (model.about.dataset, *(variant for _, variant in chain)) if not _NAME.fullmatch(name)]
    if wrong:
        raise ArtefactError(
            f"{model.path}: expected names of letters, digits, '_', '.' and '-', but found {wrong[0]!r}. Take it "
            "as it was made."
        )
    if not _leads_from_recordings(model):
        raise ArtefactError(
            f"{model.path}: expected stages from the recordings on, of {', '.join(STAGES)}, but found "
            f"{' -> '.join(kinds)}. Use the version of merflow that made the model."
        )
    for kind, variant in chain:
        stage_settings(kind, settings_of(model, kind, variant))


def _leads_from_recordings(model: Model) -> bool:
    """Say whether the first stage reads recordings, and each other one what the stage before it makes."""
    before: list[str] = []
    for kind, variant in model.about.chain:
        stage = STAGES.get(kind)
        if stage is None or bool(stage.upstreams) != bool(before):
            return False
        if [one for one in stage.upstreams if one in settings_of(model, kind, variant)] != before:
            return False
        before = [kind]
    return True


def needs_depth(model: Model) -> bool:
    """Return whether a clip without depth has no artefact that the networks could read."""
    return any(making_of(model, kind, variant).depth for kind, variant in model.about.chain)


def needs_meshes(model: Model) -> bool:
    """Return whether a clip without meshes has no artefact that the networks could read."""
    read = [
        making_of(model, kind, variant).frames_read(stage_settings(kind, settings_of(model, kind, variant)))
        for kind, variant in model.about.chain
        if making_of(model, kind, variant).recorded
    ]
    return any(one.scans for one in read)


def making_of(model: Model, kind: str, variant: str) -> Making:
    """Return how the artefacts of a stage are made."""
    return STAGES[kind].making_of(settings_of(model, kind, variant))


def settings_of(model: Model, kind: str, variant: str) -> Mapping[str, Any]:
    """Return the settings of a stage as they are stored with the model."""
    found: Mapping[str, Any] = model.about.settings["artefacts"][f"{kind}/{variant}"]
    return found


@contextmanager
def artefacts_of(model: Model, clips: Sequence[Clip], *, root: Path, folder: Path) -> Iterator[dict[str, Shard]]:
    """Make the shards of one subject's clips, stage by stage, and hand them out open, by kind.

    Parameters
    ----------
    model : Model
        Its chain and settings.
    clips : sequence of Clip
        Of one subject. A clip that a stage cannot use is among the exclusions of its shard.
    root : Path
        Folder that their paths start in.
    folder : Path
        Temporary; shards lie in it as they would among results.
    """
    made: dict[str, Shard] = {}
    with ExitStack() as stack:
        for kind, variant in model.about.chain:
            job = _job(model, kind, variant, clips, root)
            path = folder / paths.shard(job.dataset, kind, variant, job.subject)
            with ShardWriter(path, params=job.params, code="", inputs={}, compression="none", **job.names) as shard:
                named(making_of(model, kind, variant).job)(job, {above: made[above] for above in job.above}, shard)
            made[kind] = stack.enter_context(open_shard(path, **job.names))
        yield made


def _job(model: Model, kind: str, variant: str, clips: Sequence[Clip], root: Path) -> Job:
    making, plain = making_of(model, kind, variant), settings_of(model, kind, variant)
    settings, variants = stage_settings(kind, plain), dict(model.about.chain)
    return Job(
        dataset=model.about.dataset,
        kind=kind,
        variant=variant,
        subject=clips[0].subject,
        params=dict(plain),
        settings=settings,
        code="",
        above={name: variants[name] for name in making.reads},
        root=root,
        clips=making.clips_read(clips, settings),
        compression="none",
    )
