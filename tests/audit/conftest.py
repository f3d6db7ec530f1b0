"""The results of a small experiment, made by what the workflow calls: three subjects, two seeds, whole."""

import importlib
import shutil
from dataclasses import asdict

import cv2
import numpy as np
import pytest
from tests.plan_fixture import LOSO, clip
from tests.workflow.conftest import ROOT

from merflow import paths
from merflow.artefacts import ShardWriter, read_examples, write_examples
from merflow.artefacts.seal import digests
from merflow.config import Experiment
from merflow.config.inputs import example_settings
from merflow.config.sections import InputSettings
from merflow.datasets.clip_table import read_clips, write_clips, write_exclusions
from merflow.datasets.labels import label_set_named
from merflow.evaluation.scoring import Scoring
from merflow.plan import parts
from merflow.settings import from_plain
from merflow.stages.examples import features_of
from merflow.stages.flow_images.images import flow_image
from merflow.stages.flow_images.settings import FlowImageSettings
from merflow.training.batch import train_folds
from merflow.training.examples import build_examples
from merflow.training.execution import Machine
from merflow.training.fold_lists import FOLD_LISTS, FOLDS, row_of
from merflow.training.settings import TrainingSettings

SUBJECTS, EMOTIONS = ("s1", "s2", "s3"), ("happiness", "surprise", "anger", "happiness")
EXPERIMENT = {
    "model": "ststnet", "artefact": "flow_images/uvs28", "description": "", "labels": "emotion3", "datasets": ["d"],
    "expressions": ["micro"], "protocol": LOSO | {"seed": 0}, "seeds": [0, 1], "model_params": {},
    "input": asdict(InputSettings()), "training": TrainingSettings(min_epochs=1, min_steps=1).deciding(),
    "bootstrap": 50, "baselines": [], "extends": None,
}  # fmt: skip
ARTEFACTS = {"flow/tvl1": {"method": "tvl1"}, "flow_images/uvs28": {"flow": "tvl1"}}
RESOLVED = {"dataset": {"reader": "casme3"}, "experiment": EXPERIMENT, "artefacts": ARTEFACTS}


def write_shard(root, kind, subject, arrays, inputs, attrs):
    path = root / paths.shard("d", kind, (variant := {"flow": "tvl1", "flow_images": "uvs28"}[kind]), subject)
    names = {"kind": kind, "variant": variant, "dataset": "d", "subject": subject, "code": "c"}
    with ShardWriter(path, params=ARTEFACTS[f"{kind}/{variant}"], inputs=inputs, **names) as shard:
        for number, found in enumerate(arrays):
            shard.add(f"{subject}_a_{10 * (number + 1)}", found, attrs)
    return path


def write_shards(root, subject, seed):
    rng = np.random.default_rng(seed)
    flows = [rng.normal(0, 1, (2, 28, 28)) for _ in EMOTIONS]
    arrays = [{"flow": flow, "expression_flow": flow, "head_motion": np.zeros((2, 3))} for flow in flows]
    flow = write_shard(root, "flow", subject, arrays, {"faces": "0" * 64}, {})
    made = [flow_image(flow, FlowImageSettings()) for flow in flows]
    arrays = [{"image": one.image, "range": one.range} for one in made]
    return write_shard(root, "flow_images", subject, arrays, {"flow": digests(flow).file}, {"notes": ""})


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """Return the folder of a workflow that has scored one experiment."""
    return write_results(tmp_path_factory.mktemp("workflow"), EXPERIMENT)


def write_results(root, settings, aus=("12", "12", "12", "12")):
    """Write everything of one scored experiment, and return the folder of its workflow."""
    (root / "results/d").mkdir(parents=True)
    clips = [
        clip(subject, onset=10 * (number + 1), emotion=emotion, aus=aus[number])
        for subject in SUBJECTS
        for number, emotion in enumerate(EMOTIONS)
    ]
    write_clips(clips, root / paths.clips("d"))
    write_exclusions([], root / paths.exclusions("d"))
    shards = [write_shards(root, subject, seed) for seed, subject in enumerate(SUBJECTS)]
    write_experiment(root, shards, settings)
    return root


def write_experiment(root, shards, settings):
    folder = root / paths.experiment("d", "net")
    experiment = from_plain(Experiment, settings)
    seen = example_settings(experiment)
    examples, exclusions = build_examples(
        shards, read_clips(root / paths.clips("d")), label_set=label_set_named(settings["labels"]),
        features=features_of("flow_images", **seen["input"]),
    )  # fmt: skip
    write_exclusions(exclusions, folder / "exclusions.csv")
    inputs = {path.stem: digests(path).file for path in shards}
    named = {"dataset": "d", "experiment": "net"}
    write_examples(examples, folder / "examples.h5", params=seen, code="c", inputs=inputs, **named)
    assert len(read_examples(folder / "examples.h5").label) == 12
    train_folds(folder / "examples.h5", SUBJECTS, folder / FOLDS, experiment.method, code="c", machine=Machine("cpu"))
    score(folder, settings)
    for part in parts(experiment, SUBJECTS):
        if part[-1].endswith(".png") and not folder.joinpath(*part).exists():
            write_png(folder.joinpath(*part))


def score(folder, settings=EXPERIMENT):
    """Write the tables as the rule does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "workflow/scripts"))
        script = importlib.import_module("score_experiment")
    names = {"metrics": "metrics.csv", "predictions": "predictions.csv", "confusion": "confusion.png"}
    listed = folder / FOLD_LISTS.whole  # removed again: most tests change folds, and not what lists say of them
    FOLD_LISTS.write(listed, [row_of(folder / FOLDS / subject) for subject in SUBJECTS])
    script.main(
        listed, folder / "exclusions.csv", {},
        {key: folder / name for key, name in (names | {"settings": "settings.yaml"}).items()},
        asked=from_plain(Scoring, {key: settings[key] for key in Scoring.__dataclass_fields__}),
        resolved=RESOLVED | {"experiment": settings},
        composite=False, title="",
    )  # fmt: skip
    listed.unlink()


def write_png(path):
    path.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 256, (30, 40, 3), np.uint8))


@pytest.fixture
def copied(whole, tmp_path, monkeypatch):
    """A copy that a test may change, in which it works as a user does; return the folder of the experiment."""
    shutil.copytree(whole / "results", tmp_path / "results")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "results/d/net"
