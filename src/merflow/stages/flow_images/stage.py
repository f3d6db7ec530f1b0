"""Flow images of one subject: made from its flow, or read from pictures that came ready."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from merflow.artefacts import ClipData, OnBadClip, Shard, ShardWriter, add_clips, add_clips_of
from merflow.datasets.clip import Clip
from merflow.errors import BadClipError
from merflow.stages.flow_images.images import CHANNELS, flow_image
from merflow.stages.flow_images.ready import ChannelOrder, read_flow_image
from merflow.stages.flow_images.settings import FlowImageSettings

STAGE = "flow_images"

_FIELD = {"expression": "expression_flow", "total": "flow"}
"""Field of a flow shard by the setting ``motion``."""


def make_flow_images(
    flow: Shard, settings: FlowImageSettings, *, shard: ShardWriter, on_bad_clip: OnBadClip = "exclude"
) -> None:
    """Write the flow_images shard of one subject from its flow.

    Parameters
    ----------
    flow : Shard
        Open shard of kind ``flow``. A clip that it lacks was excluded there, and is absent here.
    settings : FlowImageSettings
    shard : ShardWriter
        Open shard of kind ``flow_images``.
    on_bad_clip : {"exclude", "fail"}
        For the stages that share this argument: every flow gives an image.

    Raises
    ------
    ConfigError
        When the picture would be larger than the flow.
    """

    def compute(clip: str) -> ClipData:
        made = flow_image(flow.read(clip, _FIELD[settings.motion]), settings)
        return {"image": made.image, "range": made.range}, {"notes": made.notes}

    add_clips_of([flow], shard, compute, stage=STAGE, on_bad_clip=on_bad_clip)


def import_flow_images(
    clips: Sequence[Clip],
    *,
    root: Path,
    size_px: int,
    channels: ChannelOrder,
    shard: ShardWriter,
    on_bad_clip: OnBadClip = "exclude",
) -> None:
    """Write the flow_images shard of one subject from ready pictures.

    Parameters
    ----------
    clips : sequence of Clip
        The subject's clips; ``color`` names the picture of each, below the root.
    root : Path
        Root of the dataset.
    size_px : int
        Side that the pictures must have; motion and scaling are what their author chose.
    channels : {"rgb", "bgr"}
        Which colours hold u, v and strain, in that order.
    shard : ShardWriter
        Open shard of kind ``flow_images``. Its ranges are NaN: a ready picture does not say what 0 and 1 stand for.
    on_bad_clip : {"exclude", "fail"}
        A picture that is missing, broken or of another size becomes a row of the shard's exclusions, or stops the run.

    Raises
    ------
    BadClipError
        Under ``fail``, for the first clip that cannot be used.
    """
    file_of = {clip.id: clip.color for clip in clips}
    unknown = np.full((len(CHANNELS), 2), np.nan)

    def compute(clip: str) -> ClipData:
        try:
            image = read_flow_image(root / file_of[clip], size_px=size_px, channels=channels)
        except BadClipError as error:
            raise BadClipError(error.reason, source=file_of[clip]) from error
        return {"image": image, "range": unknown}, {"notes": "came as a ready picture"}

    add_clips(shard, file_of, compute, stage=STAGE, on_bad_clip=on_bad_clip)
