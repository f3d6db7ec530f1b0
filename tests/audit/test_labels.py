"""``merflow check`` of an experiment whose labels are told one by one."""

from pathlib import Path

import pandas as pd
import pytest
from tests.audit.conftest import EXPERIMENT, write_results
from tests.audit.test_check import faults

from merflow.files import seal_beside

AUS = ("4+7", "12(k)+6", "43", "1+2")


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    return write_results(tmp_path_factory.mktemp("labels"), EXPERIMENT | {"labels": "au8"}, AUS)


def test_whole_results_have_no_fault_and_changed_ones_have(labelled, monkeypatch):
    monkeypatch.chdir(labelled)
    folder, clips = Path("results/d/net"), Path("results/d/clips.csv")
    assert faults() == {}
    table = pd.read_csv(folder / "predictions.csv")
    assert len(table) == 3 * 4 * 8 * 2
    shown = table[(table["seed"] == 0) & (table["truth"] == 1) & (table["subject"] == "s1")]
    assert shown["label"].tolist() == ["AU4", "AU7", "AU6", "AU12", "AU1", "AU2"]  # 43 is none of them
    assert (folder / "confusion.png").stat().st_size > 0
    path = folder / "metrics.csv"
    before = path.read_text()
    path.write_text(before.replace("f1_macro,label,AU1", "f1_macro,label,AU2", 1))
    assert list(faults()) == [str(path)]
    path.write_text(before)
    index = clips.read_text()
    clips.write_text(index.replace("4+7", "4+12", 1))
    seal_beside(clips).unlink()
    assert (
        "expected s1_a_10, s1, micro, AU4+AU7, as examples.h5 has it, but found s1_a_10, s1, micro, AU4+AU12"
        in (faults()[str(clips)])
    )
