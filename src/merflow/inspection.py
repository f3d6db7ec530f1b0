"""Inspection: what an artefact is, how it was made, what it holds and what it left out, as text and as pictures."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from merflow.artefacts import KINDS, Examples, LazyRows, Rows, Shard, open_shard, read_examples
from merflow.artefacts.examples_file import READ_BY_ROW
from merflow.artefacts.reader import open_artefact
from merflow.artefacts.refusals import well_formed
from merflow.counts import count
from merflow.errors import ArtefactError

_FEW_ROWS = 8
"""Examples that are looked at where all of them are too many for memory."""


def describe_artefact(path: Path, clips: Sequence[str] | None = None) -> str:
    """Describe a shard or an ``examples.h5`` in plain text.

    Parameters
    ----------
    path : Path
        Any ``.h5`` file of the results.
    clips : sequence of str, optional
        Clips of a shard that are described, and whose exclusion is told; by default all.

    Returns
    -------
    str
        Identity, provenance, clips with attributes and arrays (shape, dtype, units, minimum, median, maximum, share
        of missing values), and exclusions with reasons.

    Raises
    ------
    ArtefactError
        When the file is missing, unfinished, damaged, of another version, or not merflow's; when it neither holds nor
        has left out a clip that was asked for.
    """
    path = Path(path)
    kind, root = _identify(path)
    with well_formed(path):
        lines = [str(path), *_identity(kind, root), "", *_provenance(root), ""]
    if kind == "examples":
        lines += _examples(read_examples(path))
    else:
        with open_shard(path, kind=kind) as shard:
            _check_clips(shard, clips or ())
            lines += [*_clips(shard, clips), *_exclusions(shard, clips)]
    return "\n".join(lines)


def render_artefact(path: Path, out_dir: Path, clips: Sequence[str] | None = None) -> list[Path]:
    """Draw the clips of a shard as PNG files ``<kind>_<clip>.png``.

    Parameters
    ----------
    path : Path
        A shard; examples have no pictures of their own, and give an empty list.
    out_dir : Path
        Folder of the pictures, made when missing.
    clips : sequence of str, optional
        Clip ids; by default all clips of the shard.

    Returns
    -------
    list of Path
        In the order of `clips`.

    Raises
    ------
    ArtefactError
        As for `describe_artefact`, and when the shard does not hold a clip that was asked for.
    """
    from merflow.drawing.canvas import save_png
    from merflow.drawing.upstream import open_upstream
    from merflow.visualization.clips.draw import draw_shard

    kind, _ = _identify(Path(path))
    if kind == "examples":
        return []
    with open_shard(Path(path), kind=kind) as shard, open_upstream(shard) as upstream:
        wanted = shard.clips if clips is None else list(clips)
        return [
            save_png(draw_shard(kind, shard, clip, upstream), Path(out_dir) / f"{kind}_{clip}.png") for clip in wanted
        ]


def kind_of(path: Path) -> str:
    """Return the kind of a merflow file; raises as `describe_artefact`."""
    return _identify(Path(path))[0]


def _identify(path: Path) -> tuple[str, dict[str, Any]]:
    """Return kind and root attributes of a merflow file."""
    with open_artefact(path, {"kind": None}, later=READ_BY_ROW) as file:
        root = {name: file.attrs[name] for name in file.attrs}
    kind = str(root.get("kind", ""))
    if kind != "examples" and kind not in KINDS:
        raise ArtefactError(f"{path}: expected a kind of {', '.join([*KINDS, 'examples'])}, but found {kind!r}.")
    return kind, root


def _identity(kind: str, root: Mapping[str, Any]) -> Iterator[str]:
    what = "Exactly what the network sees, one row a clip" if kind == "examples" else KINDS[kind].description
    yield f"  {what}."
    for name in ("kind", "dataset", "variant", "subject", "experiment", "label_set"):
        if name in root:
            yield f"  {name:<11}{root[name]}"


def _provenance(root: Mapping[str, Any]) -> Iterator[str]:
    yield "How it was made"
    yield f"  settings   {_pairs(json.loads(root['params'])) or 'none'}"
    yield f"  code       {root['code'] or 'not recorded'}"
    yield f"  versions   {_pairs(json.loads(root['versions']))}"
    inputs = json.loads(root["inputs"])
    yield f"  inputs     {_pairs({name: f'sha256 {digest[:16]}' for name, digest in inputs.items()}) or 'none'}"
    yield f"  format     {root['format']} {int(root['format_version'])}"


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in values.items())


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return "(" + ", ".join(_short(item) for item in value) + ")"
    return str(value)


def _check_clips(shard: Shard, clips: Sequence[str]) -> None:
    known = {*shard.clips, *(row["clip"] for row in shard.exclusions)}
    unknown = [clip for clip in clips if clip not in known]
    if unknown:
        raise ArtefactError(
            f"{shard.path}: expected one of the clips {', '.join(shard.clips)}, but found {', '.join(unknown)}"
        )


def _clips(shard: Shard, clips: Sequence[str] | None) -> Iterator[str]:
    shown = shard.clips if clips is None else [clip for clip in shard.clips if clip in clips]
    of = "" if clips is None else f" of {len(shard.clips)}"
    yield f"{len(shown)}{of} clip{'s' if (len(shard.clips) if of else len(shown)) != 1 else ''}"
    for clip in shown:
        yield f"  {clip}"
        attrs = shard.attrs(clip)
        if attrs:
            yield f"    {_pairs(attrs)}"
        for field in shard.fields(clip):
            yield from _array(shard.describe(clip, field), shard.read(clip, field), field)
    yield ""


def _array(facts: Mapping[str, Any], values: NDArray[Any], name: str) -> Iterator[str]:
    shape = " x ".join(f"{size} {dim}" for size, dim in zip(facts["shape"], facts["dims"], strict=True))
    yield f"    {name:<19}{facts['dtype']}, {shape}; {facts['units']}"
    yield f"    {'':<19}{facts['description']}"
    yield f"    {'':<19}{_statistics(values)}"


def _statistics(values: NDArray[Any]) -> str:
    """Return minimum, median, maximum and the share of NaN of an array."""
    known = values[np.isfinite(values)] if values.dtype.kind == "f" else values.ravel()
    missing = (
        f"{1 - known.size / values.size:.1%} NaN" if values.size and values.dtype.kind == "f" else "no NaN possible"
    )
    if not known.size:
        return f"no values, {missing}"
    low, middle, high = (float(f(known.astype(np.float64))) for f in (np.min, np.median, np.max))
    return f"min {low:.5g}, median {middle:.5g}, max {high:.5g}, {missing}"


def _exclusions(shard: Shard, clips: Sequence[str] | None) -> Iterator[str]:
    shown = [row for row in shard.exclusions if clips is None or row["clip"] in clips]
    if not shown:
        if clips is None:
            yield "No exclusions."
        return
    yield f"{len(shown)} excluded"
    for row in shown:
        source = f"  [{row['source']}]" if row["source"] else ""
        yield f"  {row['clip']} ({row['stage']}): {row['reason']}{source}"


def _examples(examples: Examples) -> Iterator[str]:
    shape = " x ".join(f"{size} {dim}" for size, dim in zip(examples.x.shape, examples.dims, strict=True))
    yield f"x: {examples.x.dtype}, {shape}"
    yield f"   {_statistics_of_rows(examples.x)}"
    subjects = list(dict.fromkeys(examples.subject.tolist()))
    yield f"{count(len(examples.label), 'clip')} of {count(len(subjects), 'subject')}"
    yield ""
    yield from _class_table(examples, subjects)


def _statistics_of_rows(x: Rows) -> str:
    """Return the statistics of all rows, or of the first few of those that are too many for memory."""
    if not isinstance(x, LazyRows):
        return _statistics(x)
    first = x[np.arange(min(_FEW_ROWS, len(x)))]
    return f"{_statistics(first)} (of the first {len(first)} clips)"


def _class_table(examples: Examples, subjects: Sequence[str]) -> Iterator[str]:
    """Return clips by subject and class, with the sums below and at the right; a clip may show several labels."""
    width = max(len(name) for name in (*subjects, "all subjects")) + 2
    columns = [max(len(name), 5) + 2 for name in (*examples.classes, "all")]
    header = "".join(f"{name:>{size}}" for name, size in zip((*examples.classes, "all"), columns, strict=True))
    yield f"{'':<{width}}{header}"
    for subject in [*subjects, "all subjects"]:
        rows = examples.label if subject == "all subjects" else examples.label[examples.subject == subject]
        counts = rows.sum(0) if examples.multi else np.bincount(rows, minlength=len(examples.classes))
        cells = "".join(f"{count:>{size}}" for count, size in zip([*counts, len(rows)], columns, strict=True))
        yield f"{subject:<{width}}{cells}"
    kinds, counts = np.unique(examples.expression, return_counts=True)
    yield ""
    yield "Expressions: " + ", ".join(f"{count} {kind}" for kind, count in zip(kinds, counts, strict=True))
    yield "Left-out clips are listed in exclusions.csv beside this file."
