"""The interactive page of a clip: one file, offline."""

from collections.abc import Sequence
from pathlib import Path

from merflow.artefacts import open_shard
from merflow.drawing.upstream import open_upstream
from merflow.errors import ArtefactError
from merflow.pages import render, write_page
from merflow.viewer.parts import parts_of


def write_views(path: Path, kind: str, out_dir: Path, clips: Sequence[str] | None = None) -> list[Path]:
    """Write ``<kind>_<clip>.html`` of clips of a shard.

    Parameters
    ----------
    path : Path
        A shard. Those from which it was computed are looked for beside it, and shown too.
    kind : str
        Of the shard.
    out_dir : Path
        Folder of the pages, made when missing.
    clips : sequence of str, optional
        By default all clips of the shard.

    Returns
    -------
    list of Path
        In the order of `clips`.

    Raises
    ------
    ArtefactError
        When the shard does not hold a clip, or nothing of it has a view.
    """
    written = []
    with open_shard(path, kind=kind) as shard, open_upstream(shard) as upstream:
        shards = {**upstream, kind: shard}
        for clip in shard.clips if clips is None else clips:
            if clip not in shard:
                raise ArtefactError(f"{path}: expected one of the clips {', '.join(shard.clips)}, but found {clip!r}")
            parts = parts_of(shards, clip)
            if not parts:
                raise ArtefactError(
                    f"{path}: expected frames, flow, depth or a cloud to show of {clip}, but {kind} has none, nor "
                    "has a shard beside it. Leave --html out for the picture."
                )
            title = f"{clip}: {shard.dataset}, {kind}/{shard.variant}"
            page = render("merflow.viewer", "view.html", title=title, parts=parts, artefacts=sorted(shards))
            written.append(Path(out_dir) / f"{kind}_{clip}.html")
            write_page(page, written[-1])
    return written
