from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from merflow.errors import ConfigError
from merflow.evaluation.map_correlations import (
    CORRELATION_COLUMNS,
    correlate_maps,
    published_correlations,
    write_correlations,
    write_maps,
)
from merflow.training.activation_maps import ActivationMaps

UNITS, EMOTIONS = ("AU1", "AU4", "AU6", "AU7", "AU45"), ("positive", "negative", "others")


def maps_of(labels, *, seed=0, side=56):
    rng = np.random.default_rng(seed)
    n = len(labels)
    return ActivationMaps(
        labels, rng.random((n, 12, 12)), np.arange(1, n + 1), np.zeros(n, dtype=np.int64),
        np.full((side, side, 3), 90.0), (2, 2), ("fold1", "fold2"), (0,),
    )  # fmt: skip


@pytest.fixture
def both():
    return {"units": maps_of(UNITS), "emotions": maps_of(EMOTIONS, seed=1)}


def matrix(table, name):
    own = table[table["experiment"] == name]
    return own.pivot_table(index="row", columns="column", values="ours", sort=False, dropna=False)


def test_each_cell_is_numpys_correlation_of_two_flattened_maps(both):
    table = correlate_maps(both)
    assert tuple(table.columns) == CORRELATION_COLUMNS
    for row in table.itertuples():
        a, b = both[row.experiment].of(row.row), both["units"].of(row.column)
        assert row.ours == pytest.approx(np.corrcoef(a.ravel(), b.ravel())[0, 1], abs=1e-12)
        assert row.n_row == both[row.experiment].labels.index(row.row) + 1
        assert row.n_column == UNITS.index(row.column) + 1


def test_of_one_experiment_with_itself_it_is_symmetric_with_ones(both):
    values = matrix(correlate_maps(both), "units").to_numpy()
    np.testing.assert_allclose(values, values.T, atol=1e-15)
    np.testing.assert_allclose(np.diag(values), 1, atol=1e-12)
    assert np.abs(values).max() <= 1 + 1e-12


def test_brighter_maps_of_the_same_places_have_the_same_correlations(both):
    brighter = replace(both["emotions"], maps=3 * both["emotions"].maps + 0.2)
    again = correlate_maps(both | {"emotions": brighter})
    np.testing.assert_allclose(again["ours"], correlate_maps(both)["ours"], atol=1e-12)


def test_printed_labels_come_first_in_the_order_of_the_paper_and_some_are_left_out(both):
    table = correlate_maps(both, leave_out=("AU45", "AU99"))
    assert list(dict.fromkeys(table["column"])) == ["AU1", "AU4", "AU7", "AU6"]
    assert list(dict.fromkeys(table["row"])) == ["AU1", "AU4", "AU7", "AU6", "negative", "positive", "others"]
    cells = table.set_index(["row", "column"])["printed"]
    assert cells["AU1", "AU7"] == 0.96
    assert cells["negative", "AU6"] == 0.10
    with pytest.raises(ConfigError, match=r"units: expected a label beside those of activation_maps\.leave_out"):
        correlate_maps(both, leave_out=UNITS)


def test_a_cell_that_is_not_printed_is_empty(both):
    table = correlate_maps(both)
    assert table[table["column"] == "AU45"]["printed"].isna().all()
    twin = correlate_maps({"units": both["units"], "twin": maps_of(UNITS, seed=2)})
    assert twin[twin["experiment"] == "twin"]["printed"].isna().all()  # other maps than those of the columns


def test_printed_table_is_symmetric_with_ones():
    printed = published_correlations()
    units = [row for row, column in printed if row == column]
    assert units == ["AU1", "AU2", "AU4", "AU7", "AU6", "AU12", "AU17"]
    assert len(printed) == 12 * 7
    for a in units:
        assert printed[a, a] == 1
        assert all(printed[a, b] == printed[b, a] for b in units)
    assert printed["repression", "AU17"] == 0.92


def test_labels_without_a_map_leave_cells_empty_and_say_why(both):
    units = both["units"]
    units.maps[1], units.clips[1], units.unlearnt[2] = np.nan, 0, 3
    units.maps[3] = 0.1
    table = correlate_maps(both).set_index(["row", "column"])
    for label, why in (("AU4", "no clip is behind a map of AU4"), ("AU7", "the map of AU7 is the same everywhere")):
        cells = [("AU1", label), (label, "AU1"), (label, label), ("negative", label)]
        assert table.loc[cells, "ours"].isna().all()
        assert all(table.loc[cells, "note"].str.startswith(why))
    assert np.isfinite(table.loc[("AU6", "AU1"), "ours"])
    assert table.loc[("AU6", "AU1"), "note"].startswith("3 clips of AU6 left out")
    assert table.loc[("negative", "AU1"), "note"] == (
        "emotions: 2 folds, 1 seed, maps of 2 x 2 places; units: 2 folds, 1 seed, maps of 2 x 2 places; "
        "printed: Res3D on 4DME, Table 9 of its paper"
    )
    assert "printed" not in table.loc[("AU45", "AU1"), "note"]


def test_maps_over_another_part_of_the_face_are_refused(both):
    with pytest.raises(ConfigError, match=r"units sees 56 x 56 px and emotions 48 x 48.*model_params\.crop"):
        correlate_maps(both | {"emotions": maps_of(EMOTIONS, side=48)})


def test_files_are_read_back_and_the_same_twice(both, tmp_path):
    table = correlate_maps(both)
    for name in ("a", "b"):
        write_correlations(table, tmp_path / f"{name}.csv")
        write_maps(both, tmp_path / f"{name}.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    np.testing.assert_allclose(pd.read_csv(tmp_path / "a.csv")["ours"], table["ours"], atol=1e-6)
    with np.load(tmp_path / "a.npz", allow_pickle=False) as found:
        assert tuple(found["units/labels"]) == UNITS
        np.testing.assert_allclose(found["emotions/maps"], both["emotions"].maps, atol=1e-7)
        assert found["units/clips"].tolist() == [1, 2, 3, 4, 5]
