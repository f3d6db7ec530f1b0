"""The landmark table: rows against SciPy and the exact truth, and the finding that it exists for."""

import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import map_coordinates
from scipy.stats import linregress

from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.registry import index_dataset
from merflow.stages.faces.settings import ROLES, FaceSettings
from merflow.stages.faces.stage import extract_faces
from merflow.stages.magnified.settings import MagnificationSettings
from merflow.stages.magnified.stage import magnify_clips
from merflow.synthesis.ground_truth import read_ground_truth
from merflow.verification.landmarks import (
    COLUMNS,
    Motion,
    expression_motion,
    measure_landmarks,
    native_crops,
    pool_clips,
    recorded_motions,
    regression_slope,
    write_landmarks_table,
)

IDENTITY = {"dataset": "demo", "subject": "spNO.1", "code": "", "inputs": {}}


def clips_of(root):
    return index_dataset("demo", "casme3", {"root": str(root)}).clips


@pytest.fixture(scope="module")
def faces(tiny_demo, tmp_path_factory):
    """Faces shard of one clip."""
    path = tmp_path_factory.mktemp("faces") / "spNO.1.h5"
    clips = clips_of(tiny_demo)[:1]
    with ShardWriter(path, kind="faces", variant="three_frames", params={}, **IDENTITY) as shard:
        extract_faces(clips, FaceSettings(frames=ROLES, depth=False), root=tiny_demo, shard=shard, on_bad_clip="fail")
    return path


@pytest.fixture(scope="module")
def truth(tiny_demo, faces):
    with open_shard(faces, kind="faces") as shard:
        return read_ground_truth(tiny_demo / "gt" / f"{shard.clips[0]}.npz")


@pytest.fixture(scope="module")
def magnified(faces, tmp_path_factory):
    """Magnified shards of the clip, once with its motion as it is and once with three times the motion."""
    variants = {
        "still": MagnificationSettings(method="none"),
        "flow_warp3": MagnificationSettings(method="flow_warp", factor=3.0),
    }
    found = {}
    for name, settings in variants.items():
        path = tmp_path_factory.mktemp(name) / "spNO.1.h5"
        params = {"method": settings.method}
        with (
            open_shard(faces, kind="faces") as source,
            ShardWriter(path, kind="magnified", variant=name, params=params, **IDENTITY) as shard,
        ):
            magnify_clips(source, settings, shard=shard, on_bad_clip="fail")
        found[name] = [path]
    return found


@pytest.fixture(scope="module")
def table(tiny_demo, faces, magnified):
    return measure_landmarks(tiny_demo, clips_of(tiny_demo), [faces], magnified)


def cell(table, column, *, motion, method, frames="as recorded"):
    rows = table[(table.frames == frames) & (table.motion == motion) & (table.method == method)]
    return float(rows[column].iloc[0])


def test_every_method_has_its_row(table):
    assert list(table.columns) == list(COLUMNS)
    assert len(table) == 2 * 5 + 2 * 3
    assert (table.clips == 1).all()
    assert table.drop(columns=["frames", "motion", "method"]).notna().all(axis=None)


@pytest.mark.parametrize("role", ["apex", "offset"])
def test_tracking_beats_no_motion_by_far_and_detection_by_more(table, role):
    error = {
        method: cell(table, "error_px", motion=f"total, onset to {role}", method=method)
        for method in ("no motion", "detected in each frame", "tracked, DIS", "tracked, TV-L1")
    }
    assert error["tracked, DIS"] < 0.5 * error["no motion"]
    assert error["tracked, TV-L1"] < 0.5 * error["no motion"]
    assert error["detected in each frame"] > 3 * error["tracked, DIS"]


def test_no_motion_errs_by_the_motion_and_has_no_slope(table):
    rows = table[table.method == "no motion"]
    np.testing.assert_array_equal(rows.error_px, rows.true_px)
    np.testing.assert_array_equal(rows.error_px_14, rows.true_px_14)
    np.testing.assert_array_equal(rows.slope, 0)


def test_magnified_motion_is_counted_once(table):
    """Three times the motion, divided by three: as long as the motion that was not magnified."""
    of = {"motion": "expression, onset to apex", "method": "tracked, DIS"}
    still, magnified = (cell(table, "slope_14", frames=frames, **of) for frames in ("still", "flow_warp3"))
    assert 0.6 < still < 1.2
    assert magnified == pytest.approx(still, abs=0.15)


def test_the_true_motion_is_that_of_the_rendered_landmarks(faces, truth, tiny_demo):
    with open_shard(faces, kind="faces") as shard:
        clip = shard.clips[0]
        frames = np.array(shard.attrs(clip)["frames"])
        native = native_crops(shard, clip, tiny_demo / clips_of(tiny_demo)[0].color)
        motions = list(recorded_motions(shard, clip, truth, native))
        landmarks = shard.read(clip, "landmarks")
    apex = truth.landmarks[frames[1] - frames[0], :, :2] - truth.landmarks[0, :, :2]
    np.testing.assert_allclose(motions[0].true, apex, atol=1e-4)
    detected = next(m for m in motions if m.method == "detected in each frame")
    np.testing.assert_array_equal(detected.estimated, landmarks[1] - landmarks[0])


def test_expression_motion_is_the_flow_under_the_landmarks(truth):
    x, y = (truth.landmarks[0, :, :2] - truth.bbox[:2]).T.astype(float)
    inner = slice(17, 60)
    for channel in (0, 1):
        field = truth.expression_flow[channel].astype(float)
        expected = map_coordinates(field, [y[inner], x[inner]], order=1)
        np.testing.assert_allclose(expression_motion(truth)[inner, channel], expected, atol=1e-4)


def test_rows_pool_points_of_all_clips_and_leave_out_what_is_not_known():
    rng = np.random.default_rng(0)
    true = rng.normal(size=(2, 68, 2))
    estimated = 0.7 * true + 0.1 * rng.normal(size=true.shape)
    true[1, 20] = np.nan  # inside the face, none of the 14
    row = pool_clips([Motion("f", "m", "way", e, t) for e, t in zip(estimated, true, strict=True)])
    known = np.concatenate([true[0, 17:], np.delete(true[1], 20, axis=0)[17:]])
    found = np.concatenate([estimated[0, 17:], np.delete(estimated[1], 20, axis=0)[17:]])
    assert row["clips"] == 2
    assert row["true_px"] == pytest.approx(np.hypot(*known.T).mean())
    assert row["error_px"] == pytest.approx(np.hypot(*(found - known).T).mean())
    assert row["slope"] == pytest.approx(linregress(known.ravel(), found.ravel()).slope)
    nodes = [17, 19, 21, 22, 24, 26, 27, 30, 31, 35, 48, 51, 54, 57]
    assert row["slope_14"] == pytest.approx(linregress(true[:, nodes].ravel(), estimated[:, nodes].ravel()).slope)


def test_slope_of_nothing_is_no_number():
    assert np.isnan(regression_slope(np.ones(4), np.arange(4.0)))


def test_the_table_is_written_as_it_is_returned(tiny_demo, faces, tmp_path):
    out = tmp_path / "landmarks.csv"
    table = write_landmarks_table(out, tiny_demo, clips_of(tiny_demo), [faces])
    found = pd.read_csv(out)
    assert list(found.columns) == list(COLUMNS)
    np.testing.assert_allclose(found.error_px, table.error_px, rtol=1e-3)
    assert found.method.tolist() == table.method.tolist()
