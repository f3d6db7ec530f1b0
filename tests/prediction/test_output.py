"""Predictions as text, JSON and CSV; and options of the command that exclude each other."""

import csv
import json

import pytest

from merflow.cli import main
from merflow.errors import ConfigError
from merflow.prediction.answers import Answer, Prediction
from merflow.prediction.model_file import read_model, write_model
from merflow.prediction.output import as_text, check_out, write_predictions

GOOD = Prediction(
    clip="new_a_3",
    subject="new",
    recording="a.mp4",
    frames=(3, 6, 9),
    answer=Answer(
        predicted=("positive",),
        scores={"negative": 0.25, "positive": 0.75},
        by_seed={0: {"negative": 0.2, "positive": 0.8}, 1: {"negative": 0.3, "positive": 0.7}},
        action_units={12: 0.5},
    ),
    notes=("midpoint 6 taken",),
)
BAD = Prediction(clip="new_b_3", subject="new", recording="b.mp4", problem="expected a face, found none")


@pytest.fixture(scope="module")
def model(networks, about, tmp_path_factory):
    path = tmp_path_factory.mktemp("final") / "model.pt"
    write_model(path, networks, about)
    return read_model(path)


def test_a_person_reads_the_scores_and_how_far_they_hold(model):
    text = as_text([GOOD, BAD], model)
    for line in (
        "a.mp4 (onset 3, apex 6, offset 9)",
        "  predicted: positive",
        "  scores (2 networks, mean): negative 0.250, positive 0.750",
        "  action units: AU12 0.500",
        "  note: midpoint 6 taken",
        "  no prediction: expected a face, found none",
        "Its scores: UF1 0.500 (95 % interval 0.400 to 0.600); protocol loso, 12 clips.",
    ):
        assert line in text.splitlines()
    assert "article 5(1)(f)" in text


def test_json_says_everything(model, tmp_path):
    write_predictions([GOOD, BAD], model, tmp_path / "out.json")
    found = json.loads((tmp_path / "out.json").read_text())
    good, bad = found["clips"]
    assert good["scores"] == {"negative": 0.25, "positive": 0.75}
    assert good["by_seed"]["1"]["positive"] == 0.7
    assert (good["onset"], good["action_units"]) == (3, {"12": 0.5})
    assert (bad["problem"], bad["onset"], "scores" in bad) == ("expected a face, found none", None, False)
    assert found["model"]["code"] == model.about.code
    assert [row["metric"] for row in found["model"]["metrics"]] == ["UF1"]


def test_csv_has_a_row_for_each_clip(model, tmp_path):
    write_predictions([GOOD, BAD], model, tmp_path / "out.csv")
    good, bad = csv.DictReader((tmp_path / "out.csv").read_text().splitlines())
    assert (good["predicted"], good["score_positive"], good["au_12"], good["problem"]) == (
        "positive",
        "0.75",
        "0.5",
        "",
    )
    assert (bad["predicted"], bad["score_positive"], bad["onset"]) == ("", "", "")
    assert bad["problem"] == BAD.problem


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"expected a file \.csv or \.json"):
        check_out(tmp_path / "out.txt")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "expected a recording or --table, but found neither"),
        (["a.mp4", "--table", "clips.csv"], "expected a recording or --table, but found both"),
        (["--table", "clips.csv", "--onset", "3"], "expected onset as a column of the table, but found --onset"),
        (["--table", "clips.csv", "--depth", "d"], "expected depth_path as a column of the table, but found --depth"),
        (["--table", "clips.csv", "--intrinsics", "c.yaml"], "expected intrinsics as a column of the table, but found"),
        (["a.mp4", "--root", "b"], "expected --root with --table"),
        (["a.mp4", "--out", "b.xlsx"], "--out: expected a file .csv or .json"),
        (["a.mp4", "--picture", "b.jpg"], "--picture: expected a file .png"),
        (["--table", "clips.csv", "--picture", "b.png"], "--picture: expected a folder"),
        (["a.mp4"], "expected a final model (model.pt), or the folder of a fold, but found no file"),
    ],
)
def test_what_cannot_be_asked_for_is_told_before_anything_is_read(arguments, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["predict", "model.pt", *arguments]) == 2
    assert told in capsys.readouterr().err
