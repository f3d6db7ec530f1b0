"""Make the shards of one stage for one or several subjects.

Settings: `<kind>.<variant>`, `on_bad_clip`. Input: clips.csv and recorded files, or upstream shards.
Output: a shard a subject, and where a job makes several, their list.
"""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import _job  # noqa: F401  # log and memory, before anything large
from merflow.config import stage_settings
from merflow.datasets.clip_table import read_clips
from merflow.errors import MerflowError
from merflow.shard_lists import SHARD_LISTS, Row
from merflow.stages import STAGES
from merflow.stages.job import Job
from merflow.stages.making import make_shard

_log = logging.getLogger(__name__)


def main(subjects: Sequence[str], make: Callable[[str], Row], written: Path | None) -> None:
    """Make every shard that can be made; then fail if one could not, and else write their list."""
    rows, failed = [], {}
    for subject in subjects:
        try:
            rows.append(make(subject))
        except MerflowError as error:  # one bad subject does not stop the others
            _log.info("%s could not be made", subject, exc_info=error)
            failed[subject] = error
    if failed:
        raise _together(failed, of=len(subjects))
    if written:
        SHARD_LISTS.write(written, rows)


def _together(failed: dict[str, MerflowError], *, of: int) -> MerflowError:
    """Return one error that tells those of all subjects."""
    first = next(iter(failed.values()))
    if of == 1:
        return first
    told = "\n".join(f"{subject}: {error}" for subject, error in failed.items())
    return MerflowError(f"{len(failed)} of {of} subjects failed; the shards of the others are kept.\n{told}")


def job_of(job: Any) -> Callable[[str], Row]:
    """Return the function that makes the shard of one subject of a job of Snakemake."""
    dataset, config, params = job.wildcards.dataset, job.config, job.params
    making = STAGES[params.kind].makings[params.making]
    settings = dict(params.settings) if making.ready else stage_settings(params.kind, params.settings)
    clips = read_clips(Path(job.input.clips)) if making.reads_recordings else []

    def make(subject: str) -> Row:
        own = [clip for clip in clips if clip.subject == subject]
        one = Job(
            dataset=dataset,
            kind=params.kind,
            variant=job.wildcards.variant,
            subject=subject,
            params=dict(params.settings),
            settings=settings,
            code=params.code,
            above=dict(params.above),
            root=Path(config["datasets"][dataset]["root"]) if making.reads_recordings else Path(),
            clips=making.clips_read(own, settings),
            recorded=params.recorded.get(subject, ""),
            on_bad_clip=config["on_bad_clip"],
            threads=job.threads,
            compression=config["execution"]["compression"],
        )
        return make_shard(one, making)

    return make


if __name__ == "__main__":
    done = snakemake.output.get("done")
    main(snakemake.params.subjects, job_of(snakemake), Path(done) if done else None)
