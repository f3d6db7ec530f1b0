import numpy as np
import pandas as pd
import pytest

from merflow.errors import ConfigError
from merflow.stages.magnified.settings import MAGNIFICATION_METHODS, MagnificationSettings
from merflow.verification.magnification import (
    COLUMNS,
    EXACT,
    BenchSettings,
    measure_magnification,
    methods_to_measure,
    write_magnification_table,
)

BENCH = BenchSettings(sizes_px=(0.0, 1.0), displays=((4,),), faces=1, noise_sd=1.5)
METHODS = {name: MagnificationSettings(method=name) for name in ("flow_warp", "none")}


@pytest.fixture(scope="module")
def table():
    return measure_magnification(METHODS, BENCH)


def row(table, method, size_px, *, wrinkles=False):
    found = table.query("method == @method and motion_px == @size_px and wrinkles == @wrinkles")
    assert len(found) == 1
    return found.iloc[0]


def test_one_row_a_method_size_and_look(table):
    assert tuple(table.columns) == COLUMNS
    assert len(table) == 3 * 2 * 2
    assert set(table["method"]) == {EXACT, *METHODS}


def test_without_motion_the_error_is_the_noise_and_there_is_no_gain(table):
    still = row(table, "none", 0.0)
    assert np.isnan(still["gain"])
    assert still["rmse"] == pytest.approx(np.sqrt(BENCH.noise_sd**2 + 1 / 12), rel=0.02)  # sensor and rounding
    assert row(table, EXACT, 0.0)["rmse"] == 0.0


def test_the_exact_re_render_reaches_the_factor_and_the_frame_itself_one(table):
    assert row(table, EXACT, 1.0)["gain"] == pytest.approx(3.0, rel=0.02)
    assert row(table, "none", 1.0)["gain"] == pytest.approx(1.0, abs=0.02)


def test_magnification_brings_a_frame_nearer_to_the_re_render(table):
    assert row(table, "flow_warp", 1.0)["gain"] > 2.5
    assert row(table, "flow_warp", 1.0)["rmse"] < 0.3 * row(table, "none", 1.0)["rmse"]
    assert row(table, "flow_warp", 1.0, wrinkles=True)["rmse"] > row(table, "flow_warp", 1.0)["rmse"]


def test_another_factor_than_the_re_renders_is_refused():
    with pytest.raises(ConfigError, match=r"half: factor.*3.*found 1\.5"):
        measure_magnification({"half": MagnificationSettings(method="none", factor=1.5)}, BENCH)


def test_every_method_is_measured():
    assert {settings.method for settings in methods_to_measure().values()} == set(MAGNIFICATION_METHODS)
    assert methods_to_measure(factor=2.0, weights="w.pt")["learned"] == MagnificationSettings(
        method="learned", factor=2.0, weights="w.pt"
    )


def test_the_file_is_the_same_for_the_same_table(table, tmp_path):
    paths = [tmp_path / name for name in ("a.csv", "b.csv")]
    for path in paths:
        write_magnification_table(path, table)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]
    read = pd.read_csv(paths[0], dtype={"motion_px": str})
    assert tuple(read.columns) == COLUMNS
    assert set(read["wrinkles"]) == {"yes", "no"}
    assert set(read["motion_px"]) == {"0", "1"}
    assert np.allclose(read["rmse"], table["rmse"], atol=5e-4)
