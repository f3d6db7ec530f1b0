import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk

from merflow.errors import ArtefactError
from merflow.evaluation.aggregate import score_table
from merflow.evaluation.members import left_out_of, member_rows, members_of

CLASSES = ("negative", "positive", "surprise")
N, P, S = CLASSES
ROWS = [
    ("casme2.sub01", N, N),
    ("casme2.sub01", P, N),
    ("casme2.sub02", S, S),
    ("casme2.sub02", N, N),
    ("samm.006", N, N),
    ("samm.006", N, P),
    ("samm.007", P, P),
    ("samm.007", N, N),
]
"""Subject, truth, prediction; samm shows no surprise."""


@pytest.fixture
def table():
    rows = pd.DataFrame(ROWS, columns=["subject", "label", "predicted"])
    return rows.assign(clip=[f"{row[0]}_{i}" for i, row in enumerate(ROWS)], seed=0, fold=rows["subject"])


def scored(table, **options):
    members = members_of(table["subject"])
    return score_table(table, classes=CLASSES, protocol="loso", members=members, replicates=300, **options).set_index(
        "metric"
    )


def test_a_member_is_scored_on_its_own_clips_over_the_fixed_classes(table):
    metrics = scored(table)
    fixed = {"labels": CLASSES, "average": "macro", "zero_division": 0}
    for member in ("casme2", "samm"):
        own = table[table["subject"].str.startswith(member)]
        truth, predicted = own["label"], own["predicted"]
        assert metrics.loc[f"UF1 member {member}", "value"] == pytest.approx(sk.f1_score(truth, predicted, **fixed))
        assert metrics.loc[f"UAR member {member}", "value"] == pytest.approx(sk.recall_score(truth, predicted, **fixed))
        assert metrics.loc[f"ACC member {member}", "value"] == pytest.approx(sk.accuracy_score(truth, predicted))
        assert metrics.loc[f"UF1 member {member}", "n"] == 4


def test_by_hand(table):
    """Of samm 3 of 4 right: F1 = 2 * 2 / (2 * 2 + 1), 2 / (2 + 1) and 0; recall 2/3, 1 and 0."""
    metrics = scored(table)["value"]
    assert metrics["UF1 member samm"] == pytest.approx((4 / 5 + 2 / 3 + 0) / 3)
    assert metrics["UAR member samm"] == pytest.approx((2 / 3 + 1 + 0) / 3)


def test_the_note_says_whose_clips_and_which_class_is_not_there(table):
    notes = scored(table, members_left_out={"samm": 2})["note"]
    assert notes["UF1 member samm"] == (
        "pooled over folds, clips of samm only; fixed class list; mean over 1 seed; 95 % bootstrap over 2 subjects; "
        "2 clips left out; no clips of surprise: scores 0"
    )
    assert notes["UF1 member casme2"].endswith("0 clips left out")


def test_the_interval_is_over_the_subjects_of_the_member(table):
    """Both draws of casme2 by hand: sub01 alone has 1 of 2 right, sub02 alone all."""
    row = scored(table).loc["ACC member casme2"]
    assert (row["ci_low"], row["ci_high"]) == (0.5, 1.0)


def test_a_member_with_one_subject_has_no_interval(table):
    rows = pd.DataFrame(member_rows(table[:6], members_of(table["subject"]), CLASSES, replicates=50))
    assert rows.loc[rows["metric"].str.contains("samm"), ["ci_low", "ci_high"]].isna().all(axis=None)
    assert rows.loc[rows["metric"].str.contains("casme2"), "ci_low"].notna().all()


def test_accuracies_of_the_members_add_up_to_the_headline(table):
    rng = np.random.default_rng(1)
    table["predicted"] = rng.choice(CLASSES, len(table))
    metrics = scored(table)
    own = metrics.loc[[f"ACC member {name}" for name in ("casme2", "samm")]]
    assert (own["value"] * own["n"]).sum() / own["n"].sum() == pytest.approx(metrics.loc["ACC", "value"])


def test_without_members_there_are_no_rows(table):
    metrics = score_table(table, classes=CLASSES, protocol="loso", replicates=50)
    assert not metrics["metric"].str.contains("member").any()


def test_member_of_a_subject_is_the_text_before_the_first_dot():
    assert members_of(["casme3.spNO.12", "samm.006"]) == {"casme3.spNO.12": "casme3", "samm.006": "samm"}
    with pytest.raises(ArtefactError, match="found 006, 007"):
        members_of(["007", "006", "samm.006"])


def test_clips_left_out_are_counted_by_member():
    members = {"smic.s1": "smic", "smic2.s1": "smic2"}
    assert left_out_of(members, ["smic.s1_a", "smic.s2_b", "smic2.s1_a"]) == {"smic": 2, "smic2": 1}


def test_a_subject_of_no_member_is_refused(table):
    with pytest.raises(ArtefactError, match=r"none for samm\.006, samm\.007"):
        member_rows(table, {"casme2.sub01": "casme2", "casme2.sub02": "casme2"}, CLASSES)


def test_folds_that_lack_a_class_are_counted(table):
    note = scored(table)["note"]["UF1 mean over folds"]
    assert note.endswith("4 of 4 folds lack a class, 1 have one class only")
    table.loc[table["subject"] == "casme2.sub02", "label"] = S
    assert scored(table)["note"]["UF1 mean over folds"].endswith("4 of 4 folds lack a class, 2 have one class only")
