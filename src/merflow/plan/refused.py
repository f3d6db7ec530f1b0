"""Results that left clips out, which a later ``on_bad_clip: fail`` does not accept.

The setting decides how a job ends, not what it writes: a result without such a clip is the same under both. So it is no
parameter of a rule. Results that left a clip out are made again under ``fail``, and their jobs then name the clip.
"""

from collections.abc import Iterable
from pathlib import Path

from merflow.config import Config
from merflow.datasets.clip_table import read_exclusions
from merflow.datasets.index import STAGE
from merflow.errors import ArtefactError


def refused_in_index(config: Config, exclusions_csv: str | Path) -> list[str]:
    """Return the clips that an index has left out, where clips must not be left out; none where there is no index."""
    if not config.stops_at_bad_clip or not Path(exclusions_csv).is_file():
        return []
    return sorted(row["clip"] for row in read_exclusions(Path(exclusions_csv)) if row["stage"] == STAGE)


def refused_in_shards(config: Config, shards: Iterable[str | Path], *, stage: str) -> list[str]:
    """Return the clips that a stage has left out of shards, where clips must not be; none where there is no shard.

    A damaged shard names none: its job makes it anew, and could not be planned if the damage were refused here.
    """
    if not config.stops_at_bad_clip:
        return []
    from merflow.artefacts import open_shard  # HDF5 is loaded for this question alone

    found = []
    for shard in filter(Path.is_file, map(Path, shards)):
        try:
            with open_shard(shard, kind=stage) as opened:
                found += [row["clip"] for row in opened.exclusions if row["stage"] == stage]
        except ArtefactError:
            continue
    return sorted(found)
