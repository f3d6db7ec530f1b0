"""Whether a shard that is there is the one that a job would make: same settings, same code, same inputs by content."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from merflow.artefacts.clipwise import OnBadClip
from merflow.artefacts.differences import differences
from merflow.artefacts.reader import open_shard
from merflow.artefacts.refusals import rebuild
from merflow.errors import ArtefactError

_log = logging.getLogger(__name__)


def still_holds(path: Path, *, made_of: Mapping[str, Any], on_bad_clip: OnBadClip, **names: str) -> bool:
    """Say whether a shard is whole and was made of the same things, whenever and wherever it was made.

    The log has the reason for one that is not. Versions of libraries are not compared: an upgrade makes nothing stale
    by itself, and the shard names those that it was made with.

    Parameters
    ----------
    path : Path
        Where the job would write it.
    made_of : mapping
        ``params``, ``code`` and ``inputs``, as ``ShardWriter`` takes them.
    on_bad_clip : {"exclude", "fail"}
        Under ``fail`` a shard does not hold whose own stage left a clip out.
    **names : str
        Its kind, dataset, variant and subject.
    """
    if not path.exists():
        return False
    why = _why_not(path, made_of, on_bad_clip, names)
    _log.info("%s", f"{path} is made anew: {why}" if why else f"{path} is kept: it was made of the same")
    return not why


def _why_not(path: Path, made_of: Mapping[str, Any], on_bad_clip: OnBadClip, names: Mapping[str, str]) -> str:
    try:
        with open_shard(path, **names) as shard:
            attrs = shard.root_attrs()
            left_out = [row["clip"] for row in shard.exclusions if row["stage"] == names["kind"]]
    except ArtefactError as error:
        return str(error)
    if on_bad_clip == "fail" and left_out:
        return f"on_bad_clip is fail, and it left out {', '.join(left_out)}"
    return _differences(attrs, made_of)


def _differences(attrs: Mapping[str, Any], wanted: Mapping[str, Any]) -> str:
    """Return in what the record of a shard differs from what is wanted of it, compared as JSON holds it."""
    found = {name: attrs[name] if name == "code" else json.loads(attrs[name]) for name in wanted}
    return differences(found, json.loads(json.dumps(wanted)))


def check_made_of(path: Path, *, params: Mapping[str, Any], code: str) -> None:
    """Refuse a shard that was made of other settings or by other code than the workflow plans with.

    It can be there where Snakemake was told that everything is up to date (``--touch``), or has lost its records.

    Parameters
    ----------
    path : Path
        A shard in its place.
    params, code : mapping, str
        As ``ShardWriter`` would take them now.

    Raises
    ------
    ArtefactError
        Names what differs, and the command that makes the shard anew.
    """
    with open_shard(path, kind=path.parts[-3]) as shard:
        attrs = shard.root_attrs()
    if why := _differences(attrs, {"params": params, "code": code}):
        raise ArtefactError(
            f"{path}: expected a shard of the present settings and code, but found another ({why}), which Snakemake "
            f"does not know of, as after --touch or without its folder .snakemake. Delete this shard and those that it "
            f"was made of, or rebuild them one by one. Rebuild: {rebuild(path)}"
        )
