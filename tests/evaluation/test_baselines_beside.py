import pandas as pd
import pytest

from merflow.errors import ArtefactError
from merflow.evaluation.aggregate import write_metrics
from merflow.evaluation.baselines import with_baselines


def table(n):
    rows = [(name, 0.5, 0.4, 0.6, n, "loso", "pooled") for name in ("UF1", "UAR", "ACC", "UF1 seed 0")]
    return pd.DataFrame(rows, columns=["metric", "value", "ci_low", "ci_high", "n", "protocol", "note"])


@pytest.mark.parametrize(("n", "marked"), [(96, False), (90, True)])
def test_headline_of_each_baseline_is_appended_and_other_clips_are_marked(tmp_path, n, marked):
    table(n).to_csv(tmp_path / "metrics.csv", index=False)
    result = with_baselines(table(96), {"majority": tmp_path / "metrics.csv"})
    extra = result.iloc[4:]
    assert extra["metric"].tolist() == [f"{name} baseline majority" for name in ("UF1", "UAR", "ACC")]
    assert all(note.startswith("on other clips") == marked for note in extra["note"])


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda data: b"", "No columns"),
        (lambda data: data[:60], "UF1, UAR, ACC, each from 0 to 1"),
        (lambda data: data.replace(b"UAR,0.5", b"UAR,1.5"), "each from 0 to 1"),
        (lambda data: data.replace(b"UAR,0.5", b"UAR,"), "each from 0 to 1"),
        (lambda data: data.replace(b"UAR,0.5", b"UAR,0x5"), "could not convert|Unable to parse"),
        (lambda data: data.replace(b"UAR", b"UAP"), "each from 0 to 1"),
        (lambda data: data.replace(b"96", b"9z"), "each from 0 to 1"),
        (lambda data: data.replace(b"metric,value", b"value,metric"), "could not convert|Unable to parse"),
        (lambda data: data.replace(b"pooled", b"pool\xff"), "codec can't decode"),
        (lambda data: data + data, "could not convert|Unable to parse"),
        (lambda data: data.decode().encode("utf-16"), "codec can't decode"),
    ],
)
def test_damaged_metrics_of_a_baseline_are_refused(tmp_path, damage, found):
    path = tmp_path / "metrics.csv"
    table(96).to_csv(path, index=False)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ArtefactError, match=found) as caught:
        with_baselines(table(96), {"majority": path})
    assert str(caught.value).endswith(f"Make it anew: snakemake --cores all --force {path}")


def test_missing_metrics_of_a_baseline_are_told(tmp_path):
    with pytest.raises(ArtefactError, match="No such file or directory"):
        with_baselines(table(96), {"majority": tmp_path / "metrics.csv"})


def test_another_digit_in_the_metrics_of_a_baseline_is_told_by_their_seal(tmp_path):
    path = tmp_path / "metrics.csv"
    write_metrics(table(96), path)
    assert len(with_baselines(table(96), {"majority": path})) == 7
    path.write_text(path.read_text().replace("UAR,0.5", "UAR,0.6"))
    with pytest.raises(ArtefactError, match=r"SHA-256 stands in metrics\.csv\.sha256") as caught:
        with_baselines(table(96), {"majority": path})
    assert str(caught.value).endswith(f"else make it anew: snakemake --cores all --force {path}")
