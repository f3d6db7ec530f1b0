"""The tables of the summary: which numbers stand beside each other, which pairs are compared, what counts twice."""

import numpy as np
import pandas as pd
import pytest
from tests.evaluation.scored_fixture import CLASSES, row_of

from merflow.errors import ArtefactError
from merflow.evaluation.compare import compare_predictions
from merflow.evaluation.random_effects import combine
from merflow.evaluation.rows import Scope
from merflow.summary.across import across_datasets
from merflow.summary.pairs import compare_all
from merflow.summary.rows import write_rows


def test_a_row_has_the_best_baseline_and_the_published_value_of_the_authors(results, rows):
    uf1 = rows[(rows["dataset"] == "d1") & (rows["experiment"] == "good") & (rows["metric"] == "UF1")].iloc[0]
    metrics = results[0].metrics
    assert uf1["value"] == row_of(metrics, "UF1").value
    assert (uf1["baseline"], uf1["baseline_value"]) == ("weak", row_of(metrics, "UF1", Scope.BASELINE, "weak").value)
    assert (uf1["published"], uf1["source"], uf1["cell"], uf1["inside"]) == (0.1, "own", "p I: Net", "no")
    assert uf1["difference"] == pytest.approx(uf1["value"] - 0.1)
    assert uf1["best_epoch_leak"] == row_of(metrics, "UF1", Scope.ORACLE, "best_epoch").value != uf1["value"]
    assert (uf1["clips"], uf1["left_out"], uf1["subjects"], uf1["seeds"]) == (42, 2, 6, 2)


def test_every_metric_of_every_headline_has_a_row_and_what_is_elsewhere_says_so(results, rows, tmp_path):
    assert len(rows) == 3 * len(results)
    elsewhere = rows[(rows["dataset"] == "d2") & (rows["experiment"] == "poor")]
    assert elsewhere["note"].str.contains("recordings are not at hand").all()
    write_rows(rows, tmp_path / "summary.csv")
    read = pd.read_csv(tmp_path / "summary.csv")
    np.testing.assert_allclose(read["value"], rows["value"], atol=1e-6)
    assert read["published"].notna().sum() == 1


def test_pairs_of_one_question_are_compared_and_no_others(pairs, results):
    asked = {(row["dataset"], row["first"], row["second"]) for _, row in pairs.iterrows()}
    of_d1 = {("d1", "good", "poor"), ("d1", "good", "weak"), ("d1", "poor", "weak")}
    assert asked == of_d1 | {("d2", "good", "poor"), ("both", "good", "poor")}
    expected = compare_predictions(results[0].predictions, results[1].predictions, classes=CLASSES, replicates=300)
    found = pairs[(pairs["dataset"] == "d1") & (pairs["second"] == "poor")].reset_index(drop=True)
    columns = ["metric", "difference", "ci_low", "ci_high", "error", "p"]
    pd.testing.assert_frame_equal(found[columns], expected[columns])


def test_p_is_corrected_for_the_pairs_of_a_dataset_metric_by_metric(pairs):
    three = pairs[(pairs["dataset"] == "d1") & (pairs["metric"] == "UAR")]
    assert set(three["compared"]) == {3}
    assert three["p_corrected"].min() == pytest.approx(3 * three["p"].min())
    one = pairs[pairs["dataset"] == "d2"]
    np.testing.assert_array_equal(one["p_corrected"], one["p"])


def test_two_that_were_scored_from_different_labels_are_named(results):
    first = results[0]
    table = first.predictions.copy()
    table.loc[table["clip"] == table["clip"].iloc[0], "label"] = "others"
    from dataclasses import replace

    with pytest.raises(ArtefactError, match="good and twin on d1: the two sides give different labels"):
        compare_all([first, replace(first, experiment="twin", predictions=table)])


def test_over_datasets_the_clips_of_a_composite_count_once(across, pairs):
    assert list(across["metric"]) == ["UF1", "UAR", "ACC"]
    uf1 = across.iloc[0]
    assert (uf1["first"], uf1["second"], uf1["used"], uf1["datasets"]) == ("good", "poor", "d1;d2", 2)
    assert uf1["left_out"] == "both: a composite of others"
    own = pairs[(pairs["metric"] == "UF1") & (pairs["second"] == "poor") & pairs["dataset"].isin(["d1", "d2"])]
    expected = combine(own["difference"].to_numpy(), own["error"].to_numpy())
    assert (uf1["difference"], uf1["ci_low"], uf1["tau"]) == (expected.effect, expected.low, expected.tau)


def test_composites_that_share_a_member_count_once(pairs, results):
    from dataclasses import replace

    of = {"d1": ("x", "y"), "d2": ("y", "z"), "both": ("u",)}
    mixed = [replace(one, members=of.get(one.dataset, ())) for one in results]
    uf1 = across_datasets(pairs, mixed).iloc[0]
    assert uf1["left_out"] == "d2: a composite of others"
    assert set(uf1["used"].split(";")) == {"d1", "both"}


def test_people_of_two_datasets_count_once_and_the_one_with_more_clips_stays(pairs, results):
    """The model takes its effects for independent: the same people twice would make the interval too narrow."""
    from dataclasses import replace

    more = pairs.assign(n=pairs["n"] + (pairs["dataset"] == "d2"))
    of = {"d1": ("d2",), "d2": ("d1",)}
    same = [replace(one, same_people=of.get(one.dataset, ())) for one in results]
    assert across_datasets(more[more["dataset"] != "both"], same).empty
    three = [replace(one, members=("x",) if one.dataset == "both" else ()) for one in same]
    uf1 = across_datasets(more, three).iloc[0]
    assert set(uf1["used"].split(";")) == {"d2", "both"}
    assert uf1["left_out"] == "d1: shows, or may show, people of d2"


def test_people_whom_a_name_tells_count_once(pairs, results):
    from dataclasses import replace

    named = [replace(one, told_by_name=(one.dataset,)) for one in results if one.dataset != "both"]
    alone = pairs[pairs["dataset"] != "both"]
    assert across_datasets(alone, named).empty
    others = [
        replace(one, predictions=one.predictions.assign(subject="of_d2_" + one.predictions["subject"]))
        if one.dataset == "d2"
        else one
        for one in named
    ]
    assert across_datasets(alone, others).iloc[0]["used"] == "d1;d2"


def test_synthetic_and_recorded_subjects_and_equal_predictions_are_not_put_together(pairs, results):
    from dataclasses import replace

    synthetic = [replace(one, embedded=one.dataset == "d1") for one in results if one.dataset != "both"]
    alone = pairs[pairs["dataset"] != "both"]
    assert across_datasets(alone, synthetic).empty
    equal = alone.assign(error=alone["error"].where(alone["dataset"] != "d2", 0.0))
    assert across_datasets(equal, results).empty


def test_nothing_to_compare_gives_empty_tables(results):
    pairs = compare_all(results[-1:])
    assert pairs.empty
    assert across_datasets(pairs, results).empty
