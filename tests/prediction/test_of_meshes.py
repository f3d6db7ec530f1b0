"""CCDN predicts a clip that is given by its meshes, from the files on; a clip without them is refused."""

import cv2
import numpy as np
import pytest

from merflow.artefacts import Examples
from merflow.cli import main
from merflow.errors import DatasetError
from merflow.meshes.files import write_landmarks, write_mesh
from merflow.meshes.mesh import Mesh
from merflow.prediction.made import complete
from merflow.prediction.model_file import write_model
from merflow.prediction.planned import about_planned
from merflow.prediction.predictor import load_predictor
from merflow.synthesis.head import load_head
from merflow.synthesis.scanning import seen_surface
from merflow.training.execution import Machine
from merflow.training.final import train_final
from merflow.training.method import Method
from merflow.training.settings import TrainingSettings

LABELS = ("AU1", "AU2", "AU4", "AU6", "AU7", "AU12", "AU17", "AU45")
METHOD = Method(
    "ccdn",
    {"view": "multi", "width": 8},
    training=TrainingSettings(min_epochs=1, min_steps=1, batch_size=4),
    seeds=(0,),
)


@pytest.fixture(scope="module")
def model(shipped, tmp_path_factory):
    """A final model of ``ccdn-au8`` on random dynamic images of 64 px."""
    rng = np.random.default_rng(0)
    examples = Examples(
        rng.integers(0, 256, (8, 3, 64, 64, 3), dtype=np.uint8), rng.integers(0, 2, (8, 8)).astype(np.uint8),
        np.repeat(["s1", "s2"], 4), np.array([f"clip{i}" for i in range(8)]), np.full(8, "micro"), LABELS, "au8",
        ("clip", "view", "view_y", "view_x", "domain"), input={"artefact": "dynamic_images/magnified64"},
    )  # fmt: skip
    made_of = {"settings": {}, "versions": {"torch": "2"}, "examples": examples.content(), "code": "c"}
    planned = about_planned(shipped, "ccdn-au8", "demo_4dme_4d")
    about = complete(planned, examples, METHOD, metrics=(), made_of=made_of, files=[])
    path = tmp_path_factory.mktemp("final") / "model.pt"
    write_model(path, list(train_final(examples, METHOD, machine=Machine("cpu"))), about)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of four meshes, whose chin moves, with their textures and 3D landmarks."""
    path = tmp_path_factory.mktemp("scans")
    head = load_head()
    ids, triangles = seen_surface()
    chin = head.mean[:, 1:2] < head.mean[head.landmarks[8], 1] + 20
    rng = np.random.default_rng(1)
    for number in range(1, 5):
        moved = head.mean + np.array([0.0, -1.0, 0.0]) * number * chin
        write_mesh(path / f"{number:05d}.ply", Mesh(moved[ids], triangles, head.uv[ids].astype(np.float32)))
        write_landmarks(path / f"{number:05d}.lm3", moved[head.landmarks])
        cv2.imwrite(str(path / f"{number:05d}.jpg"), rng.integers(0, 256, (64, 64, 3), dtype=np.uint8))
    return path


def test_a_clip_of_meshes_is_predicted_from_their_files_on(model, folder):
    found = load_predictor(model)(folder, fps=60.0, meshes=folder)
    assert list(found.answer.scores) == list(LABELS)
    assert all(0 < score < 1 for score in found.answer.scores.values())
    assert found.frames == (1, 2, 4)


def test_a_clip_without_meshes_is_refused_with_the_option(model, folder):
    told = r"expected meshes of the face, .*\(meshes -> projections -> dynamic_images\).*video.*Give --meshes FOLDER"
    with pytest.raises(DatasetError, match=told):
        load_predictor(model)(folder, fps=60.0)


def test_a_folder_without_meshes_and_a_table_are_refused(model, folder, tmp_path, capsys):
    with pytest.raises(DatasetError, match="expected a folder of meshes, found no such folder"):
        load_predictor(model)(folder, fps=60.0, meshes=tmp_path / "nowhere")
    with pytest.raises(DatasetError, match="expected meshes of the clip, found none at"):
        load_predictor(model)(folder, fps=60.0, meshes=tmp_path)
    assert main(["predict", str(model), "--table", str(tmp_path / "t.csv"), "--meshes", str(folder)]) == 2
    assert "expected --meshes with one recording" in capsys.readouterr().err
