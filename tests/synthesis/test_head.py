import hashlib
import importlib.util
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from merflow.synthesis.actor import sample_actor
from merflow.synthesis.asset import MATERIALS, pack_sparse, read_asset, unpack_sparse, write_asset
from merflow.synthesis.camera import Camera
from merflow.synthesis.head import ASSET, head_from_asset, load_head
from merflow.synthesis.identity import eye_centres
from merflow.synthesis.pose import sample_base_pose
from merflow.synthesis.rasterise import rasterise
from merflow.synthesis.render import Studio, render_color
from merflow.synthesis.texture_map import STRIP_U

HEAD = load_head()


def test_sizes_are_those_of_the_specification():
    assert HEAD.base.shape == (5633, 3)
    assert 20_000 <= len(HEAD.uv) <= 23_000
    assert 40_000 <= len(HEAD.triangles) <= 45_000
    assert HEAD.macros.shape == (6, 5633, 3)
    assert HEAD.pairs.shape == (41, 2, 5633, 3)
    assert len(HEAD.au_bases) == 20
    assert ASSET.stat().st_size < 650_000


def test_the_mean_head_has_human_measures_and_faces_the_camera():
    left, right = eye_centres(HEAD, HEAD.mean)
    np.testing.assert_allclose((left + right) / 2, 0, atol=0.01)
    assert 54 < right[0] - left[0] < 66  # adults: about 62 mm between the pupils
    nose, chin, brow = HEAD.mean[HEAD.landmarks[30]], HEAD.mean[HEAD.landmarks[8]], HEAD.mean[HEAD.landmarks[19]]
    assert nose[2] > 30 > brow[2]
    assert 95 < -chin[1] < 125
    assert left[0] < 0 < right[0]


def test_the_seams_copies_lie_on_their_originals():
    originals = HEAD.weld == np.arange(len(HEAD.weld))
    np.testing.assert_array_equal(HEAD.mean, HEAD.mean[HEAD.weld])
    assert originals[: int(HEAD.weld.max()) + 1].all()
    assert 0 < (~originals).sum() < 500


def test_no_triangle_mixes_materials():
    assert (HEAD.materials[HEAD.triangles] == HEAD.materials[HEAD.triangles[:, :1]]).all()
    assert set(np.unique(HEAD.materials)) == set(range(len(MATERIALS)))


def test_skin_stays_out_of_the_strip_of_the_patches():
    skin = HEAD.materials == MATERIALS.index("skin")
    assert HEAD.uv[skin, 0].min() >= STRIP_U - 1e-6
    assert HEAD.uv[~skin, 0].max() < STRIP_U
    assert ((HEAD.uv >= 0) & (HEAD.uv <= 1)).all()


def test_convention_texture_coordinates():
    # u = .5 + atan2(x, z + 75) / 4.2, v = (135 - y) / 300: the tip of the nose lies on the middle line
    nose = HEAD.landmarks[30]
    np.testing.assert_allclose(HEAD.uv[nose], [0.5, (135 - HEAD.mean[nose, 1]) / 300], atol=1e-3)
    right_eye_corner = HEAD.landmarks[45]
    assert HEAD.uv[right_eye_corner, 0] == pytest.approx(
        0.5 + np.arctan2(HEAD.mean[right_eye_corner, 0], HEAD.mean[right_eye_corner, 2] + 75) / 4.2, abs=1e-6
    )


def test_normals_of_the_eyeballs_are_radial():
    # the cornea bulges; the sphere around it does not
    normals = HEAD.vertex_normals(HEAD.mean)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1)
    for name, centre in zip(("eye_left", "eye_right"), eye_centres(HEAD, HEAD.mean), strict=True):
        eye = HEAD.materials == MATERIALS.index(name)
        radial = HEAD.mean[eye] - centre
        cosines = np.einsum("ni,ni->n", normals[eye], radial / np.linalg.norm(radial, axis=1, keepdims=True))
        assert np.quantile(cosines, 0.1) > 0.97


def test_normals_turn_with_the_head():
    rotation = Rotation.from_euler("yxz", [25, -10, 5], degrees=True)
    shift = np.array([3, -8, 600])
    turned = HEAD.vertex_normals(rotation.apply(HEAD.mean) + shift)
    np.testing.assert_allclose(turned, rotation.apply(HEAD.vertex_normals(HEAD.mean)), atol=1e-9)


def test_landmarks_are_mirrored_skin_in_the_order_of_dlib():
    points = HEAD.mean[HEAD.landmarks]
    assert len(set(HEAD.landmarks.tolist())) == 68
    assert (HEAD.materials[HEAD.landmarks] == MATERIALS.index("skin")).all()
    mirrored = cKDTree(points).query(points * [-1, 1, 1])
    assert mirrored[0].max() < 0.6
    assert mirrored[1][:17].tolist() == list(range(16, -1, -1))
    assert mirrored[1][[36, 37, 48, 60]].tolist() == [45, 44, 54, 64]
    assert (np.diff(points[:9, 1]) < 0).all()  # down from the ear to the chin
    assert points[37, 1] > points[41, 1]
    assert points[62, 1] > points[66, 1]


def test_lips_landmarks_part_with_the_jaw():
    drop = HEAD.au_bases[26][HEAD.landmarks, 1]
    assert drop[66] < drop[62] - 10


def test_occlusion_is_dark_inside_and_light_outside():
    inside = HEAD.materials == MATERIALS.index("inside_mouth")
    assert np.median(HEAD.ao[inside]) < 0.55 < 0.9 < np.median(HEAD.ao[HEAD.materials == 0])
    assert HEAD.ao[HEAD.landmarks[27:31]].min() > 0.8


def test_the_same_arrays_give_the_same_bytes(tmp_path):
    arrays = read_asset(ASSET)
    for name in ("a.npz", "b.npz"):
        write_asset(tmp_path / name, arrays)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with zipfile.ZipFile(ASSET) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_provenance_names_the_committed_bytes():
    text = (Path(ASSET).parent / "PROVENANCE.md").read_text(encoding="utf-8")
    assert hashlib.sha256(ASSET.read_bytes()).hexdigest() in text
    assert "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2" in text
    assert "CC0" in text


def test_sparse_deltas_survive_packing():
    rng = np.random.default_rng(0)
    deltas = [rng.integers(-900, 900, (30, 3)).astype(np.int16) * (rng.uniform(size=(30, 1)) < 0.3) for _ in range(4)]
    dense = unpack_sparse("x", pack_sparse("x", deltas), 30)
    np.testing.assert_allclose(dense, np.stack(deltas) * 0.01, atol=1e-5)


def test_without_occlusion_the_sky_is_open():
    arrays = read_asset(ASSET)
    arrays.pop("ao")
    assert (head_from_asset(arrays).ao == 1).all()


def test_dlib_finds_the_rendered_faces_and_their_landmarks():
    # measured on 36 subjects: one face each, inner 51 points 2.3 px on average, 3.2 px at worst, jaw 6.4 px; 4 px is
    # 1.3 x the worst and well below the 6 px that the specification asks for
    dlib = pytest.importorskip("dlib")
    package = importlib.util.find_spec("face_recognition_models").submodule_search_locations[0]
    predictor = dlib.shape_predictor(str(Path(package) / "models" / "shape_predictor_68_face_landmarks.dat"))
    detector, camera, errors = dlib.get_frontal_face_detector(), Camera(), []
    for seed in range(3):
        rng, actor = np.random.default_rng(seed), sample_actor(seed)
        vertices = sample_base_pose(rng, 75.0).to_camera(actor.neutral, HEAD.pivot)
        raster = rasterise(vertices, HEAD.triangles, camera)
        image = np.rint(render_color(vertices, raster, actor, Studio.sample(rng), camera, light=1.0)).astype(np.uint8)
        image = np.ascontiguousarray(image[:, 280:1000])
        faces = detector(image, 0)
        assert len(faces) == 1
        marks = np.array([[p.x + 280, p.y] for p in predictor(image, faces[0]).parts()])
        errors.append(np.linalg.norm(camera.project(vertices[HEAD.landmarks]) - marks, axis=1))
    assert np.array(errors)[:, 17:].mean(axis=1).max() < 4
    assert np.array(errors)[:, :17].mean() < 10
