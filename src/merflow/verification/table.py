"""The accuracy table: what was measured on an embedded dataset, against what is expected."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import pandas as pd

from merflow.artefacts import Shard, open_shard
from merflow.verification.clips import clip_errors, truth_of
from merflow.verification.exact import back_projection_difference, region_disagreements, selection_disagreements

COLUMNS = ("quantity", "unit", "mean", "worst_clip", "limit", "holds", "n", "how")

LIMITS: Mapping[str, tuple[str, float | None, str]] = {
    "one face found": ("share", 0.98, "onset frames on which dlib finds exactly one face; at least"),
    "inner landmarks": ("px", 4.0, "mean distance of dlib's inner 51 points from the truth, onset and apex"),
    "true motion": ("px", None, "length of the true total motion on visible face pixels"),
    "flow": ("px", 0.2, "end-point error of the total flow, native px"),
    "true expression": ("aligned px", None, "length of the true motion with the head held still"),
    "expression flow": ("aligned px", 0.27, "end-point error after removal of the head's motion"),
    "expression flow, robust_affine": ("aligned px", None, "the same flow, head motion: robust affine of the flow"),
    "expression flow, stable_points": ("aligned px", None, "head motion: affine of the flow at stable landmarks"),
    "expression flow, keypoints": ("aligned px", None, "head motion: affine of dlib's landmarks, as printed"),
    "expression flow, none": ("aligned px", None, "head motion left in"),
    "true dz": ("mm", None, "median size of the true change of depth, aligned at the nose"),
    "dz": ("mm", 0.14, "median error of the processed depth flow on the visible face"),
    "dz rms": ("mm", None, "root mean square error of the same"),
    "dz rms, raw": ("mm", None, "root mean square error of what the sensor saw along the flow"),
    "back-projection": ("m", 1e-6, "largest distance from Open3D's points"),
    "regions": ("points", 0.0, "points that matplotlib's polygon test puts elsewhere"),
    "selection": ("points", 0.0, "selected points that differ from a plain sort by motion"),
}
"""Unit, limit (None: context, not an error) and meaning of each quantity. Limits bound the mean over clips."""

AT_LEAST = ("one face found",)


def accuracy_table(chains: Sequence[Mapping[str, Path]], root: Path) -> pd.DataFrame:
    """Measure every clip of an embedded dataset.

    Parameters
    ----------
    chains : sequence of mapping of str to Path
        For each subject its shards by kind: faces, flow, depth_flow, clouds, regions.
    root : Path
        Folder of the recordings, which holds ``gt``.

    Returns
    -------
    DataFrame
        One row a quantity, columns ``COLUMNS``.
    """
    rows = pd.DataFrame([errors for chain in chains for errors in _errors_of_subject(chain, root)])
    return pd.DataFrame([_row(name, rows[name]) for name in LIMITS], columns=list(COLUMNS))


def _errors_of_subject(chain: Mapping[str, Path], root: Path) -> Iterator[dict[str, float]]:
    with ExitStack() as stack:
        shards = {kind: stack.enter_context(open_shard(path, kind=kind)) for kind, path in chain.items()}
        for clip in shards["regions"].clips:
            yield {**clip_errors(shards, clip, truth_of(root, clip)), **_exact_steps(shards, clip)}


def _exact_steps(shards: Mapping[str, Shard], clip: str) -> dict[str, float]:
    faces, clouds = shards["faces"], shards["clouds"]
    return {
        "back-projection": back_projection_difference(faces, clouds, clip),
        "regions": region_disagreements(faces, clouds, shards["regions"], clip),
        "selection": selection_disagreements(faces, clouds, shards["regions"], clip),
    }


def _row(name: str, values: "pd.Series[float]") -> dict[str, object]:
    unit, limit, how = LIMITS[name]
    mean = float(values.mean(skipna=False))  # a clip without a value must not make the rest look complete
    at_least = name in AT_LEAST
    holds = "" if limit is None else str(mean >= limit if at_least else mean <= limit).lower()
    worst = float(values.min(skipna=False) if at_least else values.max(skipna=False))
    return dict(zip(COLUMNS, (name, unit, mean, worst, limit, holds, len(values), how), strict=True))
