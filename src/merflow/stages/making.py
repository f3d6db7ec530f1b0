"""Make the shard of one subject, unless the one that is there was made of the same things."""

from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from merflow import paths
from merflow.artefacts import Shard, ShardWriter, open_shard
from merflow.artefacts.kept import still_holds
from merflow.artefacts.seal import digests
from merflow.datasets.reading.clip_frames import annotated_frame_hashes, picture_hashes
from merflow.datasets.recorded_state import content_digest, note_content
from merflow.names import named
from merflow.shard_lists import Row, forget_others
from merflow.stages.declaration import Making
from merflow.stages.job import Job
from merflow.stages.recorded import clips_digest


def make_shard(job: Job, making: Making) -> Row:
    """Make a shard, or keep the one that is there; say what it is now.

    Parameters
    ----------
    job : Job
    making : Making
        Declared by the stage.

    Returns
    -------
    Row
        For the list of the job.

    Raises
    ------
    MerflowError
        As the stage raises it, and for an upstream shard that is missing or damaged. What was there is left as it was.
    """
    recorded = _hashes_of_recordings(job, making)
    with ExitStack() as stack:
        upstream = {kind: stack.enter_context(_opened(job, kind, path)) for kind, path in job.upstream().items()}
        inputs = {kind: digests(shard.path).file for kind, shard in upstream.items()}
        inputs |= {name: digests(path).file for name, path in making.files_read(job.settings).items()}
        inputs |= {"clips": clips_digest(job.clips), **recorded} if making.reads_recordings else {}
        made_of = {"params": dict(job.params), "code": job.code, "inputs": inputs}
        if not still_holds(job.path, made_of=made_of, on_bad_clip=job.on_bad_clip, **job.names):
            with ShardWriter(
                job.path, params=job.params, code=job.code, inputs=inputs, compression=job.compression, **job.names
            ) as shard:
                named(making.job)(job, upstream, shard)
    if job.recorded:
        note = Path(paths.recorded_state(job.dataset, job.kind, job.variant, job.subject))
        note_content(note, state=job.recorded, content=content_digest(recorded))
    return _row(job)


def _hashes_of_recordings(job: Job, making: Making) -> dict[str, str]:
    """Hash the recorded files of each clip: what a stage reads now is what the shard says that it was made of."""
    if making.ready:
        return picture_hashes(job.clips, job.root)
    read = making.frames_read(job.settings) if making.recorded else None
    return annotated_frame_hashes(job.clips, job.root, roles=read.roles) if read and read.files else {}


def _opened(job: Job, kind: str, path: Path) -> AbstractContextManager[Shard]:
    """Return an upstream shard of the same subject, which is refused unless it is whole."""
    return open_shard(path, kind=kind, dataset=job.dataset, subject=job.subject)


def _row(job: Job) -> Row:
    with open_shard(job.path, **job.names) as shard:
        left_out = {row["clip"] for row in shard.exclusions}
        row = Row(job.subject, len(shard.clips), len(left_out), digests(job.path).file)
    forget_others(job.path, row)
    return row
