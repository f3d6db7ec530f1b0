import pandas as pd
import pytest

from merflow.evaluation.yardsticks import with_yardsticks


def table(n):
    rows = [(name, 0.5, 0.4, 0.6, n, "loso", "pooled") for name in ("UF1", "UAR", "ACC", "UF1 seed 0")]
    return pd.DataFrame(rows, columns=["metric", "value", "ci_low", "ci_high", "n", "protocol", "note"])


@pytest.mark.parametrize(("n", "marked"), [(96, False), (90, True)])
def test_headline_of_each_yardstick_is_appended_and_other_clips_are_marked(tmp_path, n, marked):
    table(n).to_csv(tmp_path / "metrics.csv", index=False)
    result = with_yardsticks(table(96), {"majority": tmp_path / "metrics.csv"})
    extra = result.iloc[4:]
    assert extra["metric"].tolist() == [f"{name} yardstick majority" for name in ("UF1", "UAR", "ACC")]
    assert all(note.startswith("on other clips") == marked for note in extra["note"])
