"""Write the results of a dataset in the form of another program."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from merflow.errors import DatasetError
from merflow.export.forms import form_named
from merflow.export.fresh import check_free, fresh_folder
from merflow.export.places import Found, find_source
from merflow.export.record import RECORD, Report, sizes, write_record
from merflow.settings import from_plain, to_plain
from merflow.stages.exporting import Source


def export_clips(
    form: str,
    place: Path,
    out: Path,
    settings: Mapping[str, Any] | None = None,
    *,
    variant: str = "",
    clips: Sequence[str] = (),
) -> Report:
    """Write the clips of a dataset in one form.

    Parameters
    ----------
    form : str
        A key of :func:`merflow.export.forms.forms`, such as ``flow_images``.
    place : Path
        ``results/<dataset>``, the folder of a variant, or a shard.
    out : Path
        Folder to make; where it is already it must be empty.
    settings : mapping, optional
        Choices of the form.
    variant : str
        Of the artefacts, where the dataset has several.
    clips : sequence of str
        These alone; none = all.

    Returns
    -------
    Report
        What was written. The same is in ``export.json`` in the folder.

    Raises
    ------
    MerflowError
        When the form, a setting, the variant or a clip is not known, a shard is missing, or something is at `out`.
        Nothing is written then.
    """
    out = Path(out)
    kind, export = form_named(form)
    chosen = from_plain(export.settings, settings or {}, where=form)
    check_free(out)
    found = find_source(Path(place), kind, variant=variant, clips=clips)
    left_out = found.source.left_out
    with fresh_folder(out) as folder:
        export.write(found.source, folder, chosen)
        written = _written(found.source, place)
        about = _about(kind, found, chosen)
        write_record(folder / RECORD, form=form, about=about, clips=written, left_out=left_out)
        files, megabytes = sizes(folder)
    return Report(
        form=form,
        out=out,
        about=about,
        clips=len(written),
        files=files,
        megabytes=megabytes,
        left_out=left_out,
        notes=found.source.notes,
    )


def _written(source: Source, place: Path) -> list[str]:
    """Return the ids of the clips that a form has written; raises DatasetError where there are none."""
    clips = (clip.id for of_shard in source.shards.values() for clip in of_shard.values())
    written = [clip for clip in clips if clip not in source.left_out]
    if not written:
        first = next(iter(source.left_out.items()), ("", ""))
        raise DatasetError(f"{place}: expected clips to export, found none. {first[0]}: {first[1]}")
    return written


def _about(kind: str, found: Found, chosen: Any) -> dict[str, Any]:
    """Return what the record says of the clips as a whole."""
    return {
        "dataset": found.dataset,
        "artefacts": f"{kind}/{found.variant}",
        "settings": to_plain(chosen),
        "made_with": {"settings": dict(found.params), "code": found.code},
        "notes": found.source.notes,
    }
