import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk
from tests.evaluation.scored_fixture import row_of

from merflow.errors import ArtefactError
from merflow.evaluation.aggregate import score_table
from merflow.evaluation.members import left_out_of, member_rows, members_of
from merflow.evaluation.rows import Scope

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
    return score_table(table, classes=CLASSES, protocol="loso", members=members, replicates=300, **options)


def of_member(metrics, metric, name):
    return row_of(metrics, metric, Scope.MEMBER, name)


def test_a_member_is_scored_on_its_own_clips_over_the_fixed_classes(table):
    metrics = scored(table)
    fixed = {"labels": CLASSES, "average": "macro", "zero_division": 0}
    for member in ("casme2", "samm"):
        own = table[table["subject"].str.startswith(member)]
        truth, predicted = own["label"], own["predicted"]
        assert of_member(metrics, "UF1", member).value == pytest.approx(sk.f1_score(truth, predicted, **fixed))
        assert of_member(metrics, "UAR", member).value == pytest.approx(sk.recall_score(truth, predicted, **fixed))
        assert of_member(metrics, "ACC", member).value == pytest.approx(sk.accuracy_score(truth, predicted))
        assert of_member(metrics, "UF1", member).n == 4


def test_by_hand(table):
    """Of samm 3 of 4 right: F1 = 2 * 2 / (2 * 2 + 1), 2 / (2 + 1) and 0; recall 2/3, 1 and 0."""
    metrics = scored(table)
    assert of_member(metrics, "UF1", "samm").value == pytest.approx((4 / 5 + 2 / 3 + 0) / 3)
    assert of_member(metrics, "UAR", "samm").value == pytest.approx((2 / 3 + 1 + 0) / 3)


def test_the_note_says_whose_clips_and_which_class_is_not_there(table):
    metrics = scored(table, members_left_out={"samm": 2})
    assert of_member(metrics, "UF1", "samm").note == (
        "pooled over folds, clips of samm only; fixed class list; mean over 1 seed; 95 % bootstrap over 2 subjects; "
        "2 clips left out; no clips of surprise: scores 0"
    )
    assert of_member(metrics, "UF1", "casme2").note.endswith("0 clips left out")


def test_the_interval_is_over_the_subjects_of_the_member(table):
    """Both draws of casme2 by hand: sub01 alone has 1 of 2 right, sub02 alone all."""
    row = of_member(scored(table), "ACC", "casme2")
    assert (row.ci_low, row.ci_high) == (0.5, 1.0)


def test_a_member_with_one_subject_has_no_interval(table):
    rows = member_rows(table[:6], members_of(table["subject"]), CLASSES, replicates=50)
    ends = {name: [(row.ci_low, row.ci_high) for row in rows if row.name == name] for name in ("casme2", "samm")}
    assert ends["samm"] == [(None, None)] * 3
    assert all(None not in pair for pair in ends["casme2"])


def test_accuracies_of_the_members_add_up_to_the_headline(table):
    rng = np.random.default_rng(1)
    table["predicted"] = rng.choice(CLASSES, len(table))
    metrics = scored(table)
    own = [of_member(metrics, "ACC", name) for name in ("casme2", "samm")]
    right = sum(row.value * row.n for row in own)
    assert right / sum(row.n for row in own) == pytest.approx(row_of(metrics, "ACC").value)


def test_without_members_there_are_no_rows(table):
    metrics = score_table(table, classes=CLASSES, protocol="loso", replicates=50)
    assert Scope.MEMBER not in {row.scope for row in metrics}


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
    note = row_of(scored(table), "UF1", Scope.FOLD_MEAN).note
    assert note.endswith("4 of 4 folds lack a class, 1 have one class only")
    table.loc[table["subject"] == "casme2.sub02", "label"] = S
    note = row_of(scored(table), "UF1", Scope.FOLD_MEAN).note
    assert note.endswith("4 of 4 folds lack a class, 2 have one class only")
