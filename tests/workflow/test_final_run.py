"""From the finished run to a final model, and from raw frames to its scores."""

import csv
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from tests.workflow.conftest import Workflow, tiny_config

import merflow
from merflow.artefacts import read_examples
from merflow.cli import main
from merflow.datasets.clip_table import read_clips
from merflow.errors import ArtefactError, DatasetError

pytestmark = pytest.mark.workflow
MODEL = "results/tiny/lite_point_gcn/final/model.pt"


@pytest.fixture(scope="module")
def final(finished, tmp_path_factory):
    """The finished run, with its final model. Tests may look, not change."""
    folder = tmp_path_factory.mktemp("final") / "copy"
    shutil.copytree(finished.folder, folder)
    run = Workflow(folder, tiny_config())
    assert "1 of 1 steps (100%) done" in run(MODEL).output  # nothing else is stale or missing
    return run


@pytest.fixture(scope="module")
def predictor(final):
    return merflow.load_predictor(final.folder / MODEL)


@pytest.fixture(scope="module")
def clips(final):
    return read_clips(final.folder / "results/tiny/clips.csv")


def given(clip, root):
    """Return the arguments that name a clip of the index."""
    frames = {"onset": clip.onset, "apex": clip.apex, "offset": clip.offset, "fps": clip.fps}
    return {"recording": root / clip.color, "depth": root / clip.depth, **frames}


def test_the_scores_of_raw_frames_are_those_of_the_examples(final, predictor, clips):
    examples = read_examples(final.folder / "results/tiny/lite_point_gcn/examples.h5")
    own = [clip for clip in clips if clip.subject == "spNO.2"]
    found = list(predictor.clips(own, final.folder / "results/tiny/raw"))
    rows = np.array([examples.clip.tolist().index(one.clip) for one in found])
    for seed, network in predictor.model.networks.items():
        expected = network.scores(examples, rows)
        scores = [[one.answer.by_seed[seed][name] for name in examples.classes] for one in found]
        assert np.allclose(scores, expected, atol=1e-6)
    assert predictor.changed == ()
    assert list(predictor.model.networks) == [0, 1]


def test_a_fold_predicts_its_test_clip_as_its_predictions_say(final, clips):
    folder = final.folder / "results/tiny/lite_point_gcn/folds/spNO.1"
    clip = next(clip for clip in clips if clip.subject == "spNO.1")
    found = merflow.load_predictor(folder)(**given(clip, final.folder / "results/tiny/raw"))
    table = pd.read_csv(folder / "predictions.csv").query("clip == @clip.id").set_index("seed")
    for seed, scores in found.answer.by_seed.items():
        for name, score in scores.items():
            assert f"{score:.6g}" == f"{table.loc[seed, f'score_{name}']:.6g}"
    assert found.frames == (clip.onset, clip.apex, clip.offset)


def test_the_command_writes_what_it_found_and_draws_it(final, predictor, clips, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(final.folder)
    asked = given(clips[0], final.folder / "results/tiny/raw")
    recording = str(asked.pop("recording"))
    options = [text for name, value in asked.items() for text in (f"--{name}", str(value))]
    out, picture = tmp_path / "a.json", tmp_path / "a.png"
    assert main(["predict", MODEL, recording, *options, "--out", str(out), "--picture", str(picture)]) == 0
    (found,) = json.loads(out.read_text())["clips"]
    assert found["predicted"][0] in capsys.readouterr().out
    assert found["recording"] == recording
    assert sum(found["scores"].values()) == pytest.approx(1)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_table_is_predicted_row_by_row_and_a_bad_clip_is_told(final, predictor, clips, tmp_path):
    root = final.folder / "results/tiny/raw"
    columns = {"path": "color", "depth_path": "depth", "subject": "subject", "onset": "onset", "offset": "offset"}
    rows = [{column: getattr(clip, name) for column, name in columns.items()} for clip in clips[:2]]
    rows[1] |= {"apex": rows[1]["onset"]}  # no motion
    with (tmp_path / "clips.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "apex"], restval="")
        writer.writeheader()
        writer.writerows(rows)
    found = {one.frames[0]: one for one in predictor.table(tmp_path / "clips.csv", root=root, first_frame=1, fps=30)}
    good, bad = (found[one["onset"]] for one in rows)
    assert (good.problem, len(good.answer.predicted)) == ("", 1)
    assert "no apex in the table" in good.notes[0]
    assert "apex == onset" in bad.problem
    assert not bad.answer.scores


def test_depth_is_asked_for(final, predictor, clips):
    asked = given(clips[0], final.folder / "results/tiny/raw") | {"depth": None}
    with pytest.raises(DatasetError, match=r"with depth, which the model needs .*Give --depth FOLDER"):
        predictor(**asked)


def test_a_recording_without_a_face_is_told(final, predictor, clips, tmp_path):
    asked = given(clips[0], final.folder / "results/tiny/raw")
    shutil.copytree(asked["depth"], tmp_path / "no_face")
    with pytest.raises(DatasetError, match=r"no face"):
        predictor(**asked | {"recording": tmp_path / "no_face"})


def test_weights_of_a_fold_and_a_table_are_no_model(final):
    base = final.folder / "results/tiny/lite_point_gcn"
    with pytest.raises(ArtefactError, match=r"found the weights of fold spNO.1. To predict with a fold"):
        merflow.load_predictor(base / "folds/spNO.1/weights/seed0.pt")
    with pytest.raises(ArtefactError, match="of another kind"):
        merflow.load_predictor(base / "metrics.csv")
    with pytest.raises(ArtefactError, match="expected the folder of a fold"):
        merflow.load_predictor(base)


def test_a_fold_that_was_trained_since_the_scores_is_refused(final, tmp_path):
    base = tmp_path / "results/tiny/lite_point_gcn"
    shutil.copytree(final.folder / "results/tiny/lite_point_gcn", base)
    assert merflow.load_predictor(base / "folds/spNO.1").model.about.chain[-1] == ("regions", "sort1024")
    other = pd.read_csv(base / "folds/spNO.1/predictions.csv")
    other["score_negative"] += 1e-5
    other["score_positive"] -= 1e-5
    other.to_csv(base / "folds/spNO.1/predictions.csv", index=False, float_format="%.6g")
    with pytest.raises(ArtefactError, match="not among those that were scored"):
        merflow.load_predictor(base / "folds/spNO.1")


def test_the_check_knows_its_files(final):
    told, status = final.check()
    assert status == 0
    assert "final" not in told


def test_what_it_was_made_of_stands_beside_it(final):
    card = (final.folder / "results/tiny/lite_point_gcn/final/model_card.md").read_text()
    metrics = pd.read_csv(final.folder / "results/tiny/lite_point_gcn/metrics.csv")
    uf1 = metrics.query("metric == 'UF1' and scope == 'pooled'").iloc[0]
    assert f"| UF1 | pooled | {uf1.value:.3f} | {uf1.ci_low:.3f} to {uf1.ci_high:.3f} | 12 |" in card
    history = pd.read_csv(final.folder / "results/tiny/lite_point_gcn/final/history.csv")
    assert sorted(set(history["seed"])) == [0, 1]
