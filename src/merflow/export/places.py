"""Where the clips to export are: the shards of a dataset, of a variant, or of one subject, and their index."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from merflow.artefacts import Shard, open_shard
from merflow.artefacts.seal import digests
from merflow.checks import few, nearest
from merflow.config.shipped import shipped_config
from merflow.datasets.clip import NO_FRAME, Clip
from merflow.datasets.clip_table import read_clips, read_exclusions
from merflow.datasets.members import qualified
from merflow.drawing.upstream import Upstream, open_upstream
from merflow.errors import ArtefactError, ConfigError
from merflow.make_command import make_command
from merflow.stages.exporting import Source

INDEX, EXCLUSIONS = "clips.csv", "exclusions.csv"
_ARTEFACTS = "artefacts"
_DEPTH = 4
"""Folders above a variant."""


class Found(NamedTuple):
    """What was found.

    Attributes
    ----------
    source : Source
        The clips.
    dataset, variant : str
        Of the shards; the dataset is the composite where they are those of its members.
    params, code : mapping, str
        What the shards say that they were made with, all of them the same.
    """

    source: Source
    dataset: str
    variant: str
    params: Mapping[str, object]
    code: str


def find_source(place: Path, kind: str, *, variant: str = "", clips: Iterable[str] = ()) -> Found:
    """Find the shards of a kind, and compare them with the index.

    Parameters
    ----------
    place : Path
        ``results/<dataset>``, ``results/<dataset>/artefacts/<kind>/<variant>``, or one shard in it.
    kind : str
        That must be there.
    variant : str
        Of a dataset that has several.
    clips : iterable of str
        These alone; none = all.

    Raises
    ------
    ArtefactError
        When shards are missing, of another kind, were made with different settings, or before a frame number of the
        index or a shard above them changed.
    ConfigError
        When the variant is not named and there are several, or a clip is not known.
    """
    results, shard, own = _places(Path(place), kind)
    variant = variant or own or _only_variant(results, kind)
    index = read_clips(results / INDEX)
    _check_known(clips, [clip.id for clip in index], results / INDEX)
    asked = set(clips)
    left_out = {} if asked or shard else _left_out_by_index(results)
    by_path: dict[Path, dict[str, Clip]] = {}
    for clip in index:
        path, stored = _shard_of(clip, results, kind, variant)
        if (not asked or clip.id in asked) and (shard is None or path.name == shard.name):
            by_path.setdefault(path, {})[stored] = clip
    _check_there(by_path, results, kind, variant)
    made = [_read(path, kind, of_shard, left_out) for path, of_shard in by_path.items()]
    _check_alike(made, list(by_path))
    source = Source(kind, {path: of_shard for path, of_shard in by_path.items() if of_shard}, left_out)
    params, code = made[0]
    return Found(source, results.absolute().name, variant, params, code)


def _places(place: Path, kind: str) -> tuple[Path, Path | None, str]:
    """Return the folder of the dataset, the one shard that is asked for, and the variant that the place names."""
    shard = place if place.suffix == ".h5" else None
    if shard and not shard.is_file():
        raise ArtefactError(f"{shard}: expected a shard of kind {kind}, but there is no such file.")
    if (place / INDEX).is_file():
        return place, None, ""
    folder = (shard.parent if shard else place).absolute()
    if len(folder.parts) > _DEPTH and folder.parents[1].name == _ARTEFACTS and (folder.parents[2] / INDEX).is_file():
        if folder.parent.name != kind:
            raise ArtefactError(f"{place}: expected artefacts of kind {kind}, but found {folder.parent.name}.")
        return _as_given(folder.parents[2]), shard, folder.name
    raise ArtefactError(
        f"{place}: expected results/<dataset>, results/<dataset>/{_ARTEFACTS}/{kind}/<variant> or a shard in it, but "
        f"found no {INDEX} there. Make it: {make_command(f'results/<dataset>/{INDEX}')}"
    )


def _as_given(folder: Path) -> Path:
    """Return a folder as the workflow calls it, below the folder of the command; else in full."""
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def _only_variant(results: Path, kind: str) -> str:
    """Return the variant of a kind that a dataset has, or the members of a composite have."""
    kinds = {_shard_of(clip, results, kind, "any")[0].parents[1] for clip in read_clips(results / INDEX)}
    found = sorted({shard.parent.name for folder in kinds for shard in folder.glob("*/*.h5")})
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(
            f"{results}: expected one variant of {kind}, but found several: {', '.join(found)}. Name one: "
            f"--variant {found[0]}"
        )
    where = min(kinds, default=results / _ARTEFACTS / kind)
    variants = list(shipped_config()[kind])
    raise ConfigError(
        f"{results}: expected artefacts of kind {kind}, but found none. Make those of a variant, {few(variants, 10)} "
        f"or one of your own: {make_command(where / variants[0] / 'shards.csv')}"
    )


def _shard_of(clip: Clip, results: Path, kind: str, variant: str) -> tuple[Path, str]:
    """Return the shard that holds a clip, and its name there: in a composite those of the member."""
    subject, stored, owner = clip.subject, clip.id, results
    prefix = qualified(clip.part, "") if clip.part else ""
    if prefix and subject.startswith(prefix) and not (results / _ARTEFACTS).exists():
        owner = results.parent / clip.part
        subject, stored = subject.removeprefix(prefix), stored.removeprefix(prefix)
    return owner / _ARTEFACTS / kind / variant / f"{subject}.h5", stored


def _left_out_by_index(results: Path) -> dict[str, str]:
    path = results / EXCLUSIONS
    return {row["clip"]: row["reason"] for row in read_exclusions(path)} if path.is_file() else {}


def _check_known(clips: Iterable[str], known: list[str], index: Path) -> None:
    for clip in clips:
        if clip not in known:
            raise ConfigError(f"expected a clip of {index}, found {clip!r}.{nearest(clip, known)}")


def _check_there(by_path: Mapping[Path, object], results: Path, kind: str, variant: str) -> None:
    """Refuse an export in which subjects would be missing."""
    missing = [path for path in by_path if not path.is_file()]
    if missing or not by_path:
        whole = missing[0].parent if missing else results / _ARTEFACTS / kind / variant
        names = few([path.stem for path in missing]) or "any subject"
        raise ArtefactError(
            f"{results}: expected the shards {kind}/{variant} of all subjects, but found none of {names}. Make "
            f"them: {make_command(whole / 'shards.csv')}"
        )


def _read(path: Path, kind: str, clips: dict[str, Clip], left_out: dict[str, str]) -> tuple[Mapping[str, object], str]:
    """Take out the clips that a shard lacks, with its reasons; return what it was made with."""
    with open_shard(path, kind=kind) as shard, open_upstream(shard) as upstream:
        _check_of_these(shard, upstream)
        for above in (shard, *upstream.values()):
            _check_frames(above, clips, rebuild=path)
        reasons = {row["clip"]: row["reason"] for row in shard.exclusions}
        for stored, clip in list(clips.items()):
            if stored not in shard:
                left_out[clip.id] = reasons.get(stored, f"no {kind} artefact")
                del clips[stored]
        return shard.params, str(shard.root_attrs()["code"])


def _check_of_these(shard: Shard, upstream: Upstream) -> None:
    """Refuse a shard that was made of others than those above it, which may be of other frames."""
    for one in (shard, *upstream.values()):
        inputs = json.loads(one.root_attrs()["inputs"])
        for kind, above in upstream.items():
            if kind in inputs and digests(above.path).file != inputs[kind]:
                raise ArtefactError(
                    f"{one.path}: expected a shard that was made of {above.path}, but that one has been made anew "
                    f"since. Rebuild: {make_command(shard.path.with_name('shards.csv'))}"
                )


def _check_frames(shard: Shard, clips: Mapping[str, Clip], *, rebuild: Path) -> None:
    """Refuse clips whose onset, apex or offset the index has at another frame than the shard."""
    for stored, clip in clips.items():
        wanted = {"onset": clip.onset, "apex": clip.apex, "offset": clip.offset}
        for role, number in _named_frames(shard, stored, clip) if stored in shard else ():
            if wanted.get(role, number) != number:
                raise ArtefactError(
                    f"{shard.path}: expected the {role} of {clip.id} at frame {wanted[role]}, as in the index, but "
                    f"found frame {number}: the index has changed since. Rebuild: "
                    f"{make_command(rebuild.with_name('shards.csv'))}"
                )


def _named_frames(shard: Shard, stored: str, clip: Clip) -> Iterable[tuple[str, int]]:
    """Return role and number of the named frames of a clip: those that a shard lists, or those that it is spread over.

    A whole clip without an annotated offset ends with its recording, which the index does not tell.
    """
    attrs = shard.attrs(stored)
    if "roles" in attrs:
        return zip(attrs["roles"], attrs["frames"], strict=True)
    if not {"apex", "n_frames"} <= attrs.keys() or not shard.has(stored, "position"):
        return ()
    position, last = shard.read(stored, "position"), int(attrs["n_frames"]) - 1
    places = {"onset": 0, "apex": int(attrs["apex"])} | ({"offset": last} if clip.offset != NO_FRAME else {})
    return [(role, round(float(position[place]))) for role, place in places.items()]


def _check_alike(made: list[tuple[Mapping[str, object], str]], paths: list[Path]) -> None:
    for one, path in zip(made, paths, strict=True):
        if one != made[0]:
            raise ArtefactError(
                f"{path}: expected the settings and the code that {paths[0]} was made with, but found others: the "
                f"clips could not be compared. Rebuild: {make_command(path.with_name('shards.csv'))}"
            )
