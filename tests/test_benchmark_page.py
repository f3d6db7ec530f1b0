"""docs/benchmark.md: its methods, and its tables from predictions whose scores are known."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score
from tools.benchmark import tables
from tools.benchmark.kept import keep, kept_runs, read_kept
from tools.benchmark.methods import CLAIMS, DATASET, methods, shipped_config, target
from tools.page_tables import END
from tools.write_benchmark_page import KEPT, PAGE, ROOT, benchmark_tables, keep_results, page

from merflow import plan
from merflow.config.load import SCHEMA_PATH, read_schema
from merflow.datasets.labels import label_set_named
from merflow.evaluation.predictions import write_predictions
from merflow.evaluation.settings_file import write_settings
from merflow.models.declared import NETWORKS

CONFIG = shipped_config()
SCHEMA = read_schema(ROOT / SCHEMA_PATH)
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
        assert claim.note or len(differing) == 1, (claim.text, differing)


def test_scores_and_their_split_agree_with_scikit_learn():
    table = predictions(0.6)
    leveled = table.assign(difficulty=table["clip"].map(levels(table)))
    found = cells(tables.score_table(CONFIG, {"flow_svm": leveled}, DATASET), "flow_svm")
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
    claim = next(claim for claim in CLAIMS if not claim.note)
    for without, with_it, verdict in (
        (worse, better, "holds"),
        (better, worse, "the opposite holds"),
        (worse, worse, "not told apart"),
    ):
        table = tables.claim_table({claim.without: without, claim.with_it: with_it})
        assert cells(table, claim.text)[-1] == verdict
    missing = cells(tables.claim_table({claim.without: worse}), claim.text)
    assert missing[-2:] == ["not run", f"`snakemake --cores all {target(claim.with_it)}`"]


def test_a_claim_says_what_else_differs():
    claim = next(claim for claim in CLAIMS if claim.note)
    table = tables.claim_table({claim.without: predictions(0.2, seed=1), claim.with_it: predictions(0.95)})
    assert cells(table, claim.text)[-1] == f"holds; {claim.note}"


def test_a_negative_number_keeps_its_sign():
    assert str(tables.Score(-0.125, -1.0, 0.5)) == "-.125 [-1.000, .500]"


@pytest.fixture
def ran(tmp_path):
    """Return a folder with results of two methods, and what they predicted."""
    table = pd.concat([predictions(0.6, seed=seed).assign(seed=seed) for seed in (0, 1)], ignore_index=True)
    for name in ("flow_svm", "majority"):
        folder = tmp_path / "results" / DATASET / name
        folder.mkdir(parents=True)
        write_predictions(table, folder / "predictions.csv")
        write_settings(plan.resolved_settings(CONFIG, name, DATASET), folder / "settings.yaml")
    gt = tmp_path / "results" / DATASET / "raw" / "gt"
    gt.mkdir(parents=True)
    pd.Series(levels(table), name="difficulty").rename_axis("clip").to_csv(gt / "conditions.csv")
    return tmp_path, table


def test_tables_are_made_of_what_has_been_run(ran, tmp_path):
    root, _ = ran
    keep_results(root, tmp_path / "kept")
    made = benchmark_tables(tmp_path / "kept")
    assert made["scores"].count("\n") == 3
    assert "| lite_point_gcn |" in made["not run"]
    assert "| flow_svm |" not in made["not run"]


def test_what_is_kept_is_what_was_predicted(ran, tmp_path):
    root, table = ran
    keep_results(root, tmp_path / "kept")
    found = read_kept(tmp_path / "kept" / "flow_svm.csv")
    expected = table.sort_values(["seed", "clip"], ignore_index=True)
    for column in ("clip", "subject", "seed", "label", "predicted"):
        assert found[column].tolist() == expected[column].tolist()
    assert dict(zip(found["clip"], found["difficulty"], strict=True)) == levels(table)


def changed(settings, where, value):
    """Return settings with another value at a path such as ``experiment.training.momentum``."""
    head, _, rest = where.partition(".")
    return {**settings, head: changed(settings[head], rest, value) if rest else value}


def lacking(settings, where):
    """Return settings without what stands at a path."""
    head, _, rest = where.partition(".")
    return {
        key: lacking(own, rest) if rest and key == head else own for key, own in settings.items() if rest or key != head
    }


@pytest.fixture
def current(ran, tmp_path):
    """Return a function that keeps a run of some settings, and tells whether it counts as one of those of now."""

    def found(then, now):
        keep(tmp_path / "kept", "flow_svm", ran[1], levels(ran[1]), settings=then)
        return bool(kept_runs(tmp_path / "kept", {"flow_svm": now}, schema=SCHEMA))

    return found


@pytest.mark.parametrize(
    ("where", "value", "counts"),
    [
        ("experiment.seeds", [7], False),
        ("experiment.labels", "emotion4", False),
        ("experiment.a_setting_that_is_gone", 1, False),
        ("artefacts.flow/tvl1.tvl1.warps", 4, False),
        ("experiment.description", "in other words", True),
    ],
)
def test_a_run_of_other_settings_is_passed_over_and_replaced(current, where, value, counts):
    now = plan.resolved_settings(CONFIG, "flow_svm", DATASET)
    assert current(changed(now, where, value), now) == counts


@pytest.mark.parametrize(
    ("where", "default", "other"),
    [
        ("dataset.depth_unit_mm", 1.0, 0.1),
        ("dataset.synthesis.ss", 1, 2),
        ("experiment.input.motion", "all", "flow"),
        ("experiment.model_params.C", 1.0, 2.0),
        ("artefacts.flow/tvl1.tvl1.warps", 3, 4),
    ],
)
def test_a_setting_that_came_after_a_run_had_its_default_in_it(current, where, default, other):
    now = plan.resolved_settings(CONFIG, "flow_svm", DATASET)
    then = lacking(now, where)
    assert then != now
    assert current(then, changed(now, where, default))
    assert not current(then, changed(now, where, other))


def test_a_setting_without_a_default_that_came_after_a_run_makes_it_an_earlier_one(current):
    now = plan.resolved_settings(CONFIG, "flow_svm", DATASET)
    assert not current(now, changed(now, "artefacts.flow/tvl1.no_default", 1))


def test_predictions_are_kept_whole_or_as_they_were(ran, tmp_path, monkeypatch):
    root, _ = ran
    keep_results(root, tmp_path / "kept")
    before = (tmp_path / "kept/flow_svm.csv").read_bytes()

    def stop_midway(table, path, **_):
        path.write_text("clip,subj")
        raise KeyboardInterrupt

    monkeypatch.setattr(pd.DataFrame, "to_csv", stop_midway)
    with pytest.raises(KeyboardInterrupt):
        keep_results(root, tmp_path / "kept")
    assert (tmp_path / "kept/flow_svm.csv").read_bytes() == before


def test_clips_of_other_recordings_are_not_kept(ran, tmp_path):
    _, table = ran
    with pytest.raises(KeyError, match="s0_a_0"):
        keep(tmp_path / "kept", "flow_svm", table, {"another": "easy"}, settings={})


@pytest.mark.parametrize("damage", [("seed_0", "run_0"), ("positive", ""), ("difficulty", "level")])
def test_a_damaged_file_is_refused(ran, tmp_path, damage):
    root, _ = ran
    keep_results(root, tmp_path / "kept")
    path = tmp_path / "kept" / "flow_svm.csv"
    path.write_text(path.read_text().replace(*damage))
    with pytest.raises(ValueError, match=r"flow_svm\.csv: expected"):
        read_kept(path)


def test_the_page_shows_what_is_kept():
    text = PAGE.read_text(encoding="utf-8")
    made = benchmark_tables(KEPT)
    assert text.count(END) == len(made)
    assert page(text, made) == text, "run python -m tools.write_benchmark_page"


def test_without_results_the_command_is_named(tmp_path):
    with pytest.raises(SystemExit, match=r"found none\. Run results/benchmark/"):
        benchmark_tables(tmp_path)
