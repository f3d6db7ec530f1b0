"""Write the results of a dataset in the form of another program."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from merflow.errors import DatasetError
from merflow.export.forms import form_named
from merflow.export.fresh import check_free, fresh_folder
from merflow.export.places import find_source
from merflow.export.record import RECORD, Report, sizes, write_record
from merflow.settings import from_plain, to_plain


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
    source = found.source
    with fresh_folder(out) as folder:
        export.write(source, folder, chosen)
        written = [
            clip.id
            for of_shard in source.shards.values()
            for clip in of_shard.values()
            if clip.id not in source.left_out
        ]
        if not written:
            first = next(iter(source.left_out.items()), ("", ""))
            raise DatasetError(f"{place}: expected clips to export, found none. {first[0]}: {first[1]}")
        about = {
            "dataset": found.dataset,
            "artefacts": f"{kind}/{found.variant}",
            "settings": to_plain(chosen),
            "made_with": {"settings": dict(found.params), "code": found.code},
            "notes": source.notes,
        }
        write_record(folder / RECORD, form=form, about=about, clips=written, left_out=source.left_out)
        files, megabytes = sizes(folder)
    return Report(
        form=form,
        out=out,
        about=about,
        clips=len(written),
        files=files,
        megabytes=megabytes,
        left_out=source.left_out,
        notes=source.notes,
    )
