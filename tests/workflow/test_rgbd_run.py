"""CCDN on colour and depth frames, as ``ccdn-rgbd`` is shipped for the demo: from frames to predictions, in process."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.workflow.conftest import ROOT

from merflow.artefacts import open_shard, read_examples, write_examples
from merflow.config import read_config
from merflow.config.inputs import example_settings
from merflow.datasets.clip_table import read_clips
from merflow.datasets.labels import label_set_named
from merflow.plan import artefact_chain, method_of
from merflow.stages import STAGES
from merflow.stages.examples import features_of
from merflow.stages.job import Job
from merflow.stages.making import make_shard
from merflow.training.batch import train_folds
from merflow.training.examples import build_examples
from merflow.training.execution import Machine
from merflow.training.trained import load_trained

pytestmark = pytest.mark.workflow
EXPERIMENT, DATASET = "ccdn-rgbd", "demo"
SUBJECTS, CLIPS, FRAMES = ("spNO.1", "spNO.2"), 2, 3
EPOCHS = 8


def shortened(clip):
    """Return a clip of the frames around its apex alone."""
    return replace(clip, dataset=DATASET, onset=clip.apex - 1, offset=clip.apex + FRAMES - 2)


@pytest.fixture(scope="module")
def clips(finished):
    """Two clips of each of two subjects of the finished run's recordings."""
    found = read_clips(finished.folder / "results/tiny/clips.csv")
    return [
        shortened(clip) for subject in SUBJECTS for clip in [one for one in found if one.subject == subject][:CLIPS]
    ]


@pytest.fixture(scope="module")
def run(finished, clips, tmp_path_factory):
    """A folder with the shards, the examples and both folds of the experiment."""
    folder = tmp_path_factory.mktemp("rgbd")
    config = read_config(ROOT / "config.yaml")
    own = config.experiment(EXPERIMENT, DATASET)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for kind, variant in artefact_chain(config, own.artefact, dataset=DATASET):
            shards = [made(config, kind, variant, subject, clips, finished.folder) for subject in SUBJECTS]
        features = features_of(own.artefact.split("/")[0], **example_settings(own)["input"])
        examples, exclusions = build_examples(
            shards, clips, label_set=label_set_named(own.labels), features=features, expressions=own.expressions,
            earlier_exclusions=[], composite=False,
        )  # fmt: skip
        assert exclusions == []
        write_examples(
            examples, Path("examples.h5"), dataset=DATASET, experiment=EXPERIMENT, params={}, code="", inputs={}
        )
        method = replace(method_of(own), training=replace(own.training, min_epochs=EPOCHS, min_steps=0))
        train_folds(Path("examples.h5"), SUBJECTS, Path("folds"), method, code="", machine=Machine("cpu"))
    return folder


def made(config, kind, variant, subject, clips, recordings):
    """Make the shard of one subject as the job of the workflow does; return its path."""
    block = config.variant(kind, variant)
    making = STAGES[kind].making_of(block.plain)
    own = [clip for clip in clips if clip.subject == subject]
    job = Job(
        dataset=DATASET, kind=kind, variant=variant, subject=subject, params=block.plain, settings=block.settings,
        code="", above={name: block.plain[name] for name in making.reads}, root=recordings / "results/tiny/raw",
        clips=making.clips_read(own, block.settings), on_bad_clip="fail",
    )  # fmt: skip
    make_shard(job, making)
    return job.path


def test_all_views_of_each_frame_are_projected_with_what_is_hidden(run, clips):
    with open_shard(run / f"results/demo/artefacts/projections/rgbd64/{SUBJECTS[0]}.h5", kind="projections") as shard:
        for clip in clips[:CLIPS]:
            depth, hidden = shard.read(clip.id, "depth"), shard.read(clip.id, "hidden")
            assert depth.shape == hidden.shape == (3 * FRAMES, 64, 64)
            assert 0.2 < np.isfinite(depth).mean() < 0.6
            assert 0 < hidden.mean() < 0.3
            assert not np.isfinite(depth[hidden > 0]).any()


def test_examples_are_dynamic_images_with_a_magnified_copy_each(run, clips):
    examples = read_examples(run / "examples.h5")
    assert examples.clip.tolist() == [clip.id for clip in clips]
    assert examples.x.shape == (len(clips), 3, 64, 64, 3)
    assert examples.copy_of.tolist() == list(range(len(clips)))
    assert (examples.copies != examples.x).any(axis=(1, 2, 3, 4)).all()


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_fold_learns_and_predicts_the_clips_of_its_subject(run, clips, subject):
    history = pd.read_csv(run / f"folds/{subject}/history.csv")
    assert history["epoch"].max() == EPOCHS
    assert history["loss"].iloc[-1] < 0.8 * history["loss"].iloc[0]
    table = pd.read_csv(run / f"folds/{subject}/predictions.csv")
    assert table["clip"].tolist() == [clip.id for clip in clips if clip.subject == subject]
    examples = read_examples(run / "examples.h5")
    scores = table[[f"score_{name}" for name in examples.classes]].to_numpy()
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-5)
    again = load_trained(run / f"folds/{subject}/weights/seed0.pt")
    np.testing.assert_allclose(scores, again.scores(examples, np.flatnonzero(examples.subject == subject)), atol=1e-5)
