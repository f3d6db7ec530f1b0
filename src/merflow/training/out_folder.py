"""The folder of ``merflow train-fold``: never one in which results of the workflow lie."""

from pathlib import Path

from merflow.errors import ConfigError

MARK = ".train_fold"
"""In a folder that the command has made: it may write there again."""

_RESULTS = ("predictions.csv", "history.csv", "weights", "metrics.csv")


def claim_out_folder(out: Path, *, experiment: Path, fold: str) -> None:
    """Make the folder for a fold that is trained outside the workflow, and mark it as such.

    Parameters
    ----------
    out : Path
        Made when missing.
    experiment : Path
        ``results/{dataset}/{experiment}``, for the mark.
    fold : str
        Name of the fold, for the mark.

    Raises
    ------
    ConfigError
        When it lies in the folder of an experiment, or holds results that the command has not made. They would be
        replaced, and the workflow would take the new ones for its own.
    """
    place = out.resolve()
    for folder in (place, *place.parents):
        if (folder / "examples.h5").is_file():
            raise _refused(out, f"one in the results of the experiment {folder}")
    held = [name for name in _RESULTS if (place / name).exists()]
    if held and not (place / MARK).is_file():
        raise _refused(out, f"one with {', '.join(held)} that this command has not made")
    place.mkdir(parents=True, exist_ok=True)
    (place / MARK).write_text(f"{experiment} {fold}\n", encoding="utf-8")


def _refused(out: Path, found: str) -> ConfigError:
    return ConfigError(
        f"--out {out}: expected a folder of its own for this fold, but found {found}. What is there would be replaced. "
        "Name another folder, such as /tmp/fold."
    )
