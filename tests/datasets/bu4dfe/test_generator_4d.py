"""One rendered clip of BU-4DFE with meshes, small and at a few frames a second, against the generator's truth."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from merflow.datasets.bu4dfe.generator_4d import WITH_MESHES
from merflow.datasets.bu4dfe.reader import Bu4dfeSettings, read_bu4dfe
from merflow.datasets.reading.scans import scans_of_clip
from merflow.meshes.files import read_landmarks, read_mesh
from merflow.stages.meshes.settings import MeshSettings
from merflow.stages.meshes.stage import meshes_of_clip
from merflow.synthesis import demo
from merflow.synthesis.camera import Camera
from merflow.synthesis.ground_truth import read_ground_truth
from merflow.synthesis.settings import SynthesisSettings
from merflow.synthesis.timing import Recording

SMALL = replace(
    WITH_MESHES,
    camera=Camera(f=600.0, cx=129.5, cy=165.5, width=260, height=332),
    recording=Recording(fps=5.0, frames_before=0, frames_after=0),
)
CORNERS = [36, 39, 42, 45, 48, 54]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    root = tmp_path_factory.mktemp("bu4dfe")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "layout_named", lambda _: SMALL)
        demo.generate_demo(root, SynthesisSettings(n_subjects=1, clips=1, layout="bu4dfe_4d"))
    (clip,) = read_bu4dfe("demo", Bu4dfeSettings(root=root, fps=5.0)).clips
    return root, clip


def test_the_clip_has_a_mesh_a_texture_and_landmarks_of_each_frame(rendered):
    root, clip = rendered
    scans = scans_of_clip(clip, root)
    assert [one.number for one in scans] == list(range(clip.offset + 1))
    assert (scans[1].mesh.name, scans[1].texture.name, scans[1].landmarks.name) == ("001.wrl", "001.jpg", "001.bnd")
    assert clip.notes == f"no apex in BU-4DFE, midpoint {clip.apex} taken"


def test_the_picture_is_the_texture_landmarks_are_where_the_truth_has_them(rendered):
    root, clip = rendered
    truth = read_ground_truth(root / "gt" / f"{clip.id}.npz")
    for number, scan in enumerate(scans_of_clip(clip, root)):
        mesh, marks = read_mesh(scan.mesh), read_landmarks(scan.landmarks)[CORNERS]
        _, nearest = cKDTree(mesh.vertices).query(marks)
        pixels = mesh.uv[nearest] * [SMALL.camera.width, SMALL.camera.height] - 0.5
        assert np.abs(pixels - truth.landmarks[number, CORNERS, :2]).max() < 1


def test_the_83_straighten_the_meshes(rendered):
    root, clip = rendered
    arrays, attrs = meshes_of_clip(clip, MeshSettings(), root=root)
    assert 1 < arrays["residual"].max() < 8
    corners = arrays["landmarks"][:, [36, 45]]
    assert np.abs(corners[:, 1] - corners[:, 0])[:, 1:].max() < 4  # level, and as far back on both sides
    assert np.linalg.norm(corners - corners[:1], axis=-1).max() < 1  # the head rests
    assert np.isnan(arrays["landmarks"][:, 27:31]).all()
    assert attrs["apex"] == clip.apex
