"""Metrics are made from whole folds alone, and from nothing that was damaged where the file itself can tell."""

import random
import re

import numpy as np
import pandas as pd
import pytest

from merflow.artefacts import Examples
from merflow.errors import ArtefactError
from merflow.evaluation import read_predictions
from merflow.evaluation.predictions import read_collected, write_predictions
from merflow.training.baselines import BASELINES, fit_score
from merflow.training.fold_tables import _write_table, prediction_table
from merflow.training.folds import Fold
from merflow.training.scores import DISTANCES

CLASSES = ("negative", "positive", "surprise")
SEEDS = (0, 1)


def write_fold(folder, subject, *, clips=4, seeds=SEEDS, oracle=False, start=0):
    """Write a fold as training does, of scores that are a softmax."""
    rng = np.random.default_rng(start)
    parts = []
    for seed in seeds:
        logits = rng.normal(size=(clips, 3)).astype(np.float32)
        shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        part = {
            "clip": [f"{subject}_{i}" for i in range(clips)],
            "subject": subject,
            "seed": seed,
            "label": [CLASSES[i % 3] for i in range(clips)],
            "predicted": np.array(CLASSES)[shares.argmax(1)],
        }
        part |= {f"score_{name}": shares[:, i] for i, name in enumerate(CLASSES)}
        parts.append(pd.DataFrame(part | ({"oracle_predicted": CLASSES[0]} if oracle else {})))
    (folder / subject).mkdir()
    path = folder / subject / "predictions.csv"
    table = pd.concat(parts)
    _write_table([table], list(table.columns), path)
    return path


@pytest.fixture
def paths(tmp_path):
    return [write_fold(tmp_path, subject, start=i) for i, subject in enumerate(("006", "NA", "s3"))]


def edit(path, change):
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(change(lines)))


def refusal(paths, **options):
    with pytest.raises(ArtefactError) as caught:
        read_predictions(paths, model="lite_point_gcn", **options)
    return str(caught.value)


def test_whole_folds_are_read(paths):
    table = read_predictions(paths, seeds=SEEDS, fold_is_subject=True)
    assert len(table) == 3 * 4 * 2
    assert table["seed"].dtype.kind == "i"
    assert table[[f"score_{name}" for name in CLASSES]].dtypes.eq(float).all()
    np.testing.assert_allclose(table[[f"score_{name}" for name in CLASSES]].sum(axis=1), 1, atol=1e-5)


def test_a_fold_that_lacks_a_seed_is_refused(paths):
    edit(paths[1], lambda lines: lines[:5])
    found = refusal(paths)
    assert "expected the seeds 0, 1 of the first fold, but found the seeds 0." in found
    assert f"snakemake --cores all --force {paths[1]}" in found


def test_seeds_must_be_those_of_the_settings(paths):
    assert "expected the seeds 0, 1, 2 of the experiment's settings" in refusal(paths, seeds=(0, 1, 2))
    assert "found the seeds 0, 1" in refusal(paths, seeds=(0,))


def test_a_seed_that_lacks_a_clip_is_refused(paths):
    edit(paths[2], lambda lines: [*lines[:7], *lines[8:]])
    assert "expected each of its clips by the seeds 0, 1, but found s3_2 by 0 alone" in refusal(paths)


@pytest.mark.parametrize(("column", "old", "new"), [("label", "negative", "surprise"), ("subject", "s3", "s4")])
def test_seeds_that_differ_on_a_clip_are_refused(paths, column, old, new):
    edit(paths[2], lambda lines: [lines[0], lines[1].replace(f",{old}", f",{new}", 1), *lines[2:]])
    assert f"expected one {column} for s3_0 by every seed, but found {old} and {new}" in refusal(paths)


def test_a_fold_holds_the_subject_that_it_is_called_after(paths, tmp_path):
    paths[1].parent.rename(tmp_path / "other")
    moved = [paths[0], tmp_path / "other/predictions.csv"]
    assert len(read_predictions(moved)) == 16
    assert "expected clips of 'other' alone" in refusal(moved, fold_is_subject=True)


def test_a_fold_without_rows_is_one_without_weights(paths):
    edit(paths[1], lambda lines: lines[:1])
    assert set(read_predictions(paths, seeds=SEEDS)["fold"]) == {"006", "s3"}
    (paths[1].parent / "weights").mkdir()
    assert set(read_predictions(paths, seeds=SEEDS)["fold"]) == {"006", "s3"}
    (paths[1].parent / "weights/seed0.pt").touch()
    assert "expected the predictions of seed0, but found no rows" in refusal(paths)


def test_folds_of_other_classes_are_refused(paths):
    edit(paths[1], lambda lines: [line.replace("surprise", "happy") for line in lines])
    assert "expected the classes negative, positive, surprise of the first fold" in refusal(paths)


FIRST = re.compile(r"(006_0,006,0,negative,)(\w+),(.*)\n")


@pytest.mark.parametrize(
    ("replacement", "found"),
    [
        (r"\1happy,\3", "line 2, but found 'happy'"),
        (r"\1,\3", "predicted to be a text in line 2"),
        (r"\1\2,0.5,0.5", "8 cells in line 2, but found 7"),
        (r"\1\2,0.5,0.5,0,0", "8 cells in line 2, but found 9"),
        (r"\1negative,0.2,0.5,0.3", "the largest score for 'negative', which is predicted in line 2"),
        (r"\1negative,0.7,0.5,-0.2", "scores from 0 to 1 whose sum is 1 in line 2"),
        (r"\1negative,0.5,0.1,0.1", "of sum 0.7"),
        (r"\1negative,0.5,0.5,", "a number of six digits for score_surprise in line 2, but found ''"),
        (r"\1negative,0.5,0.5,nan", "found 'nan'"),
        (r"\1negative,0.50,0.5,0", "found '0.50'"),
        (r"\1negative,inf,0.5,0", "found 'inf'"),
    ],
)
def test_a_row_that_merflow_would_not_write_is_refused(paths, replacement, found):
    text = paths[0].read_text()
    paths[0].write_text(FIRST.sub(lambda match: match.expand(replacement) + "\n", text, count=1))
    message = refusal(paths)
    assert found in message
    assert message.startswith(f"{paths[0]}: expected ")
    assert message.endswith(f"Make it anew: snakemake --cores all --force {paths[0]}")


def test_classes_of_equal_scores_in_print_may_be_predicted(paths):
    text = paths[0].read_text()
    paths[0].write_text(FIRST.sub(r"\1positive,0.5,0.5,0" + "\n", text, count=1))
    assert len(read_predictions(paths)) == 24


DAMAGED = {
    "empty": lambda data: b"",
    "utf16": lambda data: data.decode().encode("utf-16"),
    "latin1": lambda data: data.replace(b"006_0", "006_é".encode("latin-1")),
    "with a byte-order mark": lambda data: b"\xef\xbb\xbf" + data,
    "windows lines": lambda data: data.replace(b"\n", b"\r\n"),
    "columns moved": lambda data: b"".join(
        b",".join([line.split(b",")[1], line.split(b",")[0], *line.split(b",")[2:]]) for line in data.splitlines(True)
    ),
    "a column doubled": lambda data: b"".join(line.split(b",")[0] + b"," + line for line in data.splitlines(True)),
    "rows doubled": lambda data: data + data.split(b"\n", 1)[1],
    "a row doubled": lambda data: data + data.splitlines(keepends=True)[1],
    "the header doubled": lambda data: data.splitlines(keepends=True)[0] + data,
    "no header": lambda data: data.split(b"\n", 1)[1],
    "zeroed": lambda data: data[:100] + bytes(100) + data[200:],
    "an open quote": lambda data: data.replace(b"006_1", b'"006_1', 1),
    "a blank line": lambda data: data.replace(b"\n", b"\n\n", 2),
    "semicolons": lambda data: data.replace(b",", b";"),
    "another program's table": lambda data: b"\x89PNG\r\n\x1a\n" + data,
}


@pytest.mark.parametrize("how", DAMAGED)
def test_damage_of_every_kind_is_told(paths, how):
    paths[0].write_bytes(DAMAGED[how](paths[0].read_bytes()))
    message = refusal(paths)
    assert "expected" in message
    assert "found" in message


def test_files_that_lost_their_end_are_refused_at_every_length(paths):
    data = paths[0].read_bytes()
    first = data.index(b"\n") + 1
    for length in range(len(data)):
        paths[0].write_bytes(data[:length])
        if length == first:  # a fold without rows is legitimate; its weights tell, see above
            continue
        assert "expected" in refusal(paths)


def test_flipped_bits_are_refused_or_change_no_number(paths):
    """What is scored: clip, subject, seed, label and predicted, each as before or refused."""
    read, draw = read_predictions(paths), random.Random(0)
    data, accepted = paths[0].read_bytes(), 0
    for _ in range(400):
        damaged, bit = bytearray(data), draw.randrange(8 * len(data))
        damaged[bit // 8] ^= 1 << bit % 8
        paths[0].write_bytes(damaged)
        try:
            found = read_predictions(paths, model="lite_point_gcn", seeds=SEEDS, fold_is_subject=True)
        except ArtefactError:
            continue
        accepted += 1
        scored = ["clip", "subject", "seed", "label", "predicted", "fold"]
        pd.testing.assert_frame_equal(found[scored], read[scored])
    assert accepted <= 20  # the last digits of a score: the fold's record tells


def test_what_is_collected_is_held_to_the_same(paths, tmp_path):
    table = read_predictions(paths)
    path = tmp_path / "all/predictions.csv"
    write_predictions(table, path)
    pd.testing.assert_frame_equal(read_collected(path), table)
    edit(path, lambda lines: lines[:-1])
    with pytest.raises(ArtefactError, match="found s3_3 by 0 alone"):
        read_collected(path)
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(ArtefactError, match="a last line that is complete"):
        read_collected(path)


def test_what_the_oracle_predicted_stands_last(tmp_path):
    paths = [write_fold(tmp_path, subject, oracle=True) for subject in ("s1", "s2")]
    table = read_predictions(paths)
    assert set(table["oracle_predicted"]) == {CLASSES[0]}
    write_predictions(table, tmp_path / "all/predictions.csv")
    pd.testing.assert_frame_equal(read_collected(tmp_path / "all/predictions.csv"), table)
    edit(paths[0], lambda lines: [lines[0], lines[1].replace(f",{CLASSES[0]}\n", ",happy\n"), *lines[2:]])
    assert "oracle_predicted to be one of negative, positive, surprise in line 2" in refusal(paths)


@pytest.mark.parametrize("model", BASELINES)
def test_scores_of_baselines_are_read_as_they_write_them(tmp_path, model):
    """One class is in no training clip: its score is 0 of the majority, and none of an SVM."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(12, 3, 4, 4)).astype(np.float32)
    label = np.array([0, 1] * 6)
    examples = Examples(
        x=x, label=label, subject=np.array(["a"] * 8 + ["b"] * 4), clip=np.array([f"c{i:02}" for i in range(12)]),
        expression=np.array(["micro"] * 12), classes=CLASSES, label_set="three",
        dims=("clip", "frame", "node", "channel"),
    )  # fmt: skip
    fold = Fold("b", np.arange(8), np.arange(8, 12))
    scores = fit_score(
        model, {}, x_train=x[fold.train], labels=label[fold.train], x_test=x[fold.test], classes=3
    ).scores
    (tmp_path / "b").mkdir()
    path = tmp_path / "b/predictions.csv"
    table = prediction_table(examples, fold, scores, seed=0)
    _write_table([table], list(table.columns), path)
    found = read_predictions([path], model=model)
    assert found["predicted"].tolist() == table["predicted"].tolist()
    assert found["score_surprise"].isna().all() == (model in DISTANCES)
    if model in DISTANCES:
        edit(path, lambda lines: [*lines[:2], lines[2].replace(",\n", ",-9\n"), *lines[3:]])
        with pytest.raises(ArtefactError, match="score_surprise for every clip of a fold or for none"):
            read_predictions([path], model=model)
