"""HOOF as a table of features."""

from pathlib import Path

from merflow.stages.exporting import Export, NoSettings, Source, write_features


def write_histograms(source: Source, out: Path, _settings: NoSettings) -> None:
    """Write ``features.csv``: the histograms of a clip in one row, with its subject and labels."""
    write_features(source, out, "histogram")


EXPORTS = (
    Export(
        name="hoof_csv",
        summary="histograms of oriented optical flow as one table, a row a clip",
        write=write_histograms,
    ),
)
