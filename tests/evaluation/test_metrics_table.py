"""``metrics.csv`` as a file: the former form's numbers in tidy columns, read back as written, damage refused."""

import csv
from pathlib import Path

import pandas as pd
import pytest
from tests.evaluation.scored_fixture import write_everything

from merflow.errors import ArtefactError
from merflow.evaluation import read_metrics, write_metrics
from merflow.evaluation.metrics_table import FORMER_COLUMNS
from merflow.evaluation.rows import METRIC_COLUMNS, MetricRow, Scope

FORMER = Path(__file__).with_name("former_metrics.csv")
"""What ``scored_fixture.write_everything`` wrote with merflow before the columns scope and name (commit d6c34cc)."""

FORMER_NAMES = {
    "pooled": "{metric}",
    "oracle": "{metric} oracle_{name}",
    "oracle_minus_pooled": "{metric} oracle_{name} minus honest",
    "seed": "{metric} seed {name}",
    "seed_sd": "{metric} sd over seeds",
    "fold_mean": "{metric} mean over folds",
    "member": "{metric} member {name}",
    "class": "{metric} {name}",
    "baseline": "{metric} baseline {name}",
}
"""How the one text of the former form is made from a tidy row, by scope."""

SAID_SINCE = "; no clips of others: scores 0"
"""What a headline says that it did not say then; a member said it already."""


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    return write_everything(tmp_path_factory.mktemp("everything"))


@pytest.fixture
def path(everything, tmp_path):
    """A copy that a test may damage."""
    (tmp_path / "metrics.csv").write_bytes(everything.read_bytes())
    return tmp_path / "metrics.csv"


def cells(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_in_order_and_the_text_of_every_number_are_those_of_the_former_form(everything):
    tidy = [
        {"metric": FORMER_NAMES[row["scope"]].format(**row), **{name: row[name] for name in FORMER_COLUMNS[1:]}}
        for row in cells(everything)
    ]
    for row, own in zip(cells(everything), tidy, strict=True):
        if row["scope"] in (Scope.POOLED, Scope.BASELINE):
            own["note"] = row["note"].removesuffix(SAID_SINCE)
    assert tidy == cells(FORMER)
    assert (
        {row["scope"] for row in cells(everything)}
        == set(FORMER_NAMES)
        == set(Scope) - {Scope.LABEL, Scope.LABEL_COUNT}
    )


def test_the_file_has_the_promised_columns_and_the_same_bytes_each_time(everything, path):
    assert everything.read_text().splitlines()[0] == ",".join(METRIC_COLUMNS)
    write_metrics(read_metrics(path), path)
    assert path.read_bytes() == everything.read_bytes()


def test_pandas_finds_a_number_by_its_columns(everything):
    table = pd.read_csv(everything).set_index(["metric", "scope", "name"])["value"]
    assert table.index.is_unique
    former = pd.read_csv(FORMER).set_index("metric")["value"]
    assert table["UF1", "seed", "10"] == former["UF1 seed 10"]
    assert table["UF1", "baseline", "flow_svm, linear"] == former["UF1 baseline flow_svm, linear"]
    seeds = pd.DataFrame(read_metrics(everything)).query("metric == 'UF1' and scope == 'seed'")
    assert seeds["name"].tolist() == ["0", "10"]


def test_what_is_no_result_says_so_in_its_scope_and_first_in_its_note(everything):
    rows = read_metrics(everything)
    assert [row.scope.startswith("oracle") for row in rows] == [row.note.startswith("LEAK: ") for row in rows]
    assert sum(row.scope.is_leak for row in rows) == 6


def test_names_that_look_like_numbers_or_nothing_survive(tmp_path):
    rows = [MetricRow(metric="F1", scope=Scope.CLASS, name=name, value=0.5, n=1, note="NA") for name in ("006", "NA")]
    write_metrics(rows, tmp_path / "metrics.csv")
    assert list(read_metrics(tmp_path / "metrics.csv")) == rows


def test_the_former_form_is_told_from_damage(tmp_path):
    path = tmp_path / "metrics.csv"
    path.write_bytes(FORMER.read_bytes())
    with pytest.raises(ArtefactError, match=r"but found metric, value, .* as an earlier version of merflow") as caught:
        read_metrics(path)
    assert str(caught.value).endswith(f"wrote it. Make it anew: snakemake --cores all --force {path}")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b"UAR,pooled,,0.401786", b"UAR,pooled,,1.401786", "UAR, pooled of 1.401786, .* not from 0 to 1"),
        (b"UAR,pooled,,0.401786", b"UAR,pooled,,-0.40178", "UAR, pooled of -0.40178, .* not from 0 to 1"),
        (b"UAR,pooled,,0.401786", b"UAR,pooled,,", "UAR, pooled of nan, .* not from 0 to 1"),
        (b"UAR,pooled,,0.401786", b"UAR,pooled,,0x5", "could not convert|Unable to parse"),
        (b"UAR,pooled,,0.401786", b"UAR,pooled,,inf", "infinite numbers"),
        (b"UAR,pooled,,0.401786,0.365759", b"UAR,pooled,,0.401786,", "UAR, pooled with one end of its interval only"),
        (b"UAR,pooled,", b"UAR,poold,", "the scope 'poold', which is none of pooled, oracle, "),
        (b"UAR,pooled,", b"UF1,pooled,", "2 rows of UF1, pooled. It was damaged"),
        (b",42,", b",9z,", "could not convert|Unable to parse"),
        (b",42,", b",4.2,", "4.2 for a number of clips"),
        (b"metric,scope", b"scope,metric", "but found scope, metric, name"),
        (b"protocol,note", b"protocol,note,more", "found more after them"),
        (b"pooled,,", b"pool\xff,,", "codec can't decode"),
    ],
)
def test_damage_is_refused_with_what_was_found(path, old, new, found):
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))
    with pytest.raises(ArtefactError, match=found) as caught:
        read_metrics(path)
    assert str(caught.value).endswith(f"Make it anew: snakemake --cores all --force {path}")


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda data: b"", "No columns"),
        (lambda data: data + data, "could not convert|Unable to parse"),
        (lambda data: data.decode().encode("utf-16"), "codec can't decode"),
    ],
)
def test_what_is_no_such_table_is_refused(path, damage, found):
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ArtefactError, match=found):
        read_metrics(path)
