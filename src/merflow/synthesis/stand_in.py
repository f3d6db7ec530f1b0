"""Stand-in: an embedded dataset with its sheets and with empty files for its frames, from which the index is the same.

The jobs of a run follow from the index. So they can be planned before anything is rendered.
"""

from pathlib import Path

from merflow.synthesis.demo import frames_planned
from merflow.synthesis.layout import Layout, layout_named
from merflow.synthesis.settings import SynthesisSettings


def has_stand_in(settings: SynthesisSettings) -> bool:
    """Return whether a layout has one: not where a clip has files of other cameras, which its index lists too."""
    return type(layout_named(settings.layout)).film_beside is Layout.film_beside


def write_stand_in(root: Path, settings: SynthesisSettings) -> None:
    """Write the sheets of an embedded dataset, and an empty file for each of its frames.

    Parameters
    ----------
    root : Path
        Folder of the dataset, empty or not there.
    settings : SynthesisSettings
        Of which :func:`has_stand_in` is true.
    """
    layout, records = layout_named(settings.layout), []
    for index in range(settings.n_subjects):
        for record, numbers in frames_planned(settings, index):
            records.append(record)
            for number in numbers:
                color, depth = layout.frame_paths(root, record, number)
                for path in (color, depth if layout.has_depth else None):
                    if path is not None:
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.touch()
    layout.write_sheets(root, records)
