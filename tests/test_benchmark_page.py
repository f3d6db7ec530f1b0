"""docs/benchmark.md: its methods, and its tables from predictions whose scores are known."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score
from tools.benchmark import tables
from tools.benchmark.methods import CLAIMS, DATASET, methods, shipped_config, target
from tools.page_tables import END
from tools.write_benchmark_page import PAGE, benchmark_tables

from merflow.datasets.labels import label_set_named
from merflow.evaluation.predictions import write_predictions
from merflow.models.declared import NETWORKS

CONFIG = shipped_config()
CLASSES = ("negative", "positive", "surprise")
LEVELS = ("easy", "medium", "hard")


def predictions(right, *, seed=0):
    """Return predictions of 6 subjects x 12 clips, of which a share is right, the others drawn."""
    rng = np.random.default_rng(seed)
    rows = []
    for subject in range(6):
        for clip in range(12):
            label = CLASSES[(0, 1, 2, 0)[clip % 4]]
            predicted = label if rng.random() < right else str(rng.choice(CLASSES))
            rows.append((f"s{subject}_a_{clip}", f"s{subject}", 0, label, predicted, f"s{subject}"))
    table = pd.DataFrame(rows, columns=["clip", "subject", "seed", "label", "predicted", "fold"])
    for name in CLASSES:
        table[f"score_{name}"] = (table["predicted"] == name).astype(float)
    return table[["clip", "subject", "seed", "label", "predicted", *(f"score_{n}" for n in CLASSES), "fold"]]


def levels(table):
    return {clip: LEVELS[int(clip.rsplit("_", 1)[1]) // 4] for clip in table["clip"]}


def cells(table, name):
    (line,) = [line for line in table.splitlines() if line.startswith(f"| {name} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_every_network_that_takes_what_the_layout_gives_is_on_the_page():
    named = methods(CONFIG)
    assert len(named) == len(set(named))
    all_experiments = [CONFIG.experiment(name) for name in CONFIG.experiments]
    one_class_a_clip = {one.model for one in all_experiments if not label_set_named(one.labels).multi}
    shown = {CONFIG.experiment(name, DATASET).model for name in named}
    assert shown >= set(NETWORKS) & one_class_a_clip  # several labels a clip are another question
    for name in named:
        experiment = CONFIG.experiment(name, DATASET)
        assert (experiment.labels, experiment.protocol.name) == ("emotion3", "loso"), name


def test_the_two_sides_of_a_claim_differ_in_one_setting():
    for claim in CLAIMS:
        a, b = (CONFIG.experiment(name, DATASET).plain() for name in (claim.without, claim.with_it))
        own = {"description", "datasets", "paper"}
        differing = {key for key in a if a[key] != b[key]} - own
        assert claim.note or len(differing - {"input"}) == 1, (claim.text, differing)


def test_scores_and_their_split_agree_with_scikit_learn():
    table = predictions(0.6)
    found = cells(tables.score_table(CONFIG, {"flow_svm": table}, levels(table), DATASET), "flow_svm")
    assert found[1:4] == ["flow/tvl1", "1", "72"]
    whole = f1_score(table["label"], table["predicted"], average="macro")
    assert float(found[4].split()[0]) == pytest.approx(whole, abs=6e-4)
    for level, cell in zip(LEVELS, found[6:], strict=True):
        part = table[table["clip"].map(levels(table)) == level]
        expected = f1_score(part["label"], part["predicted"], average="macro")
        assert float(cell.split()[0]) == pytest.approx(expected, abs=6e-4)


def test_a_clear_difference_is_real_and_a_method_does_not_differ_from_itself():
    runs = {"flow_svm": predictions(0.95), "hoof_svm": predictions(0.2, seed=1), "majority": predictions(0.2, seed=1)}
    table = tables.difference_table(runs)
    assert cells(table, "flow_svm")[2:4] == ["", ""]
    assert cells(table, "hoof_svm")[3] == "yes"
    assert cells(table, "hoof_svm")[4:] == [".000 [.000, .000]", "no"]
    low = float(cells(table, "majority")[2].split("[")[1].split(",")[0])
    assert low > 0


def test_a_claim_says_which_way_it_came_out_or_how_to_run_it():
    better, worse = predictions(0.95), predictions(0.2, seed=1)
    claim = CLAIMS[0]
    for without, with_it, verdict in (
        (worse, better, "holds"),
        (better, worse, "the opposite holds"),
        (worse, worse, "not told apart"),
    ):
        table = tables.claim_table({claim.without: without, claim.with_it: with_it})
        assert cells(table, claim.text)[-1] == verdict
    missing = cells(tables.claim_table({claim.without: worse}), claim.text)
    assert missing[-2:] == ["not run", f"`snakemake --cores all {target(claim.with_it)}`"]


def test_a_negative_number_keeps_its_sign():
    assert str(tables.Score(-0.125, -1.0, 0.5)) == "-.125 [-1.000, .500]"


def test_the_page_is_made_of_what_has_been_run(tmp_path):
    table = predictions(0.6)
    for name in ("flow_svm", "majority"):
        folder = tmp_path / "results" / DATASET / name
        folder.mkdir(parents=True)
        write_predictions(table, folder / "predictions.csv")
    gt = tmp_path / "results" / DATASET / "raw" / "gt"
    gt.mkdir(parents=True)
    of_clip = pd.Series(levels(table), name="difficulty").rename_axis("clip")
    of_clip.to_csv(gt / "conditions.csv")
    made = benchmark_tables(tmp_path)
    assert made["scores"].count("\n") == 3
    assert "| lite_point_gcn |" in made["not run"]
    assert "| flow_svm |" not in made["not run"]
    for mark in made:
        assert f"<!-- table: {mark} -->" in PAGE.read_text(encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8").count(END) == len(made)


def test_without_results_the_command_is_named(tmp_path):
    with pytest.raises(SystemExit, match=r"found none\. Run results/benchmark/"):
        benchmark_tables(tmp_path)
