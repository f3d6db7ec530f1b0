"""4DME's other cameras: what the generator writes fits together, and the reader finds it and tells what is missing."""

import json
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.recordings_4d import FPS, generate, settings_4d

from merflow.datasets.fourdme.reader import read_fourdme
from merflow.datasets.fourdme.scans import with_scans
from merflow.datasets.index import Index
from merflow.datasets.reading.clip_frames import annotated_frame_hashes
from merflow.datasets.reading.frames import read_color
from merflow.datasets.reading.scans import files_of_clip, scans_of_clip
from merflow.errors import BadClipError, ConfigError
from merflow.meshes.files import read_landmarks, read_mesh
from merflow.stages.faces.detector import FaceDetector
from merflow.stages.faces.settings import FaceSettings
from merflow.synthesis.camera import Camera
from merflow.synthesis.ground_truth import read_ground_truth
from merflow.synthesis.head import load_head
from merflow.synthesis.scanning import seen_surface


@pytest.fixture(scope="module")
def clips(recordings_4d):
    return read_fourdme("d", settings_4d(recordings_4d)).clips


@pytest.fixture
def copied(recordings_4d, tmp_path):
    return shutil.copytree(recordings_4d, tmp_path / "copy")


def truth_of(root, clip):
    return np.load(root / "gt" / f"{clip.id}_scans.npz")


def camera_named(root, name):
    found = json.loads((root / "cameras.json").read_text())[name]
    camera = Camera(*(found[key] for key in ("f_px", "cx_px", "cy_px", "width", "height")))
    return camera, np.array(found["camera_from_world"])


def seen_by(root, name, points):
    camera, matrix = camera_named(root, name)
    moved = points @ matrix[:, :3].T + matrix[:, 3]
    return camera.project(moved), moved[..., 2]


def test_the_same_recordings_have_the_same_bytes(recordings_4d, tmp_path):
    again = generate(tmp_path)
    files = {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    assert files == {path.relative_to(recordings_4d) for path in recordings_4d.rglob("*") if path.is_file()}
    assert all((again / name).read_bytes() == (recordings_4d / name).read_bytes() for name in files)


def test_a_mesh_a_frame_and_a_colour_frame_every_second_frame(recordings_4d, clips):
    for clip in clips:
        n = clip.offset - clip.onset + 1
        assert len(scans_of_clip(clip, recordings_4d)) == n
        for kind in ("rgb", "depth"):
            folder = recordings_4d / f"{kind}_micro" / clip.subject / clip.video
            assert len(list(folder.iterdir())) == (n + 1) // 2
        assert 0 <= truth_of(recordings_4d, clip)["delay_s"] <= 0.5 / FPS
    suffixes = [{one.mesh.suffix for one in scans_of_clip(clip, recordings_4d)} for clip in clips]
    assert suffixes == [{".obj"}, {".ply"}]


def test_the_grey_camera_and_the_meshes_have_one_truth(recordings_4d, clips):
    for clip in clips:
        exact = truth_of(recordings_4d, clip)["landmarks"]
        image, z = seen_by(recordings_4d, "gray", exact)
        grey = read_ground_truth(recordings_4d / "gt" / f"{clip.id}.npz").landmarks
        assert np.abs(image - grey[..., :2]).max() < 0.01
        assert np.abs(z - grey[..., 2]).max() < 0.01


def test_the_pose_takes_the_head_to_the_meshes(recordings_4d, clips):
    head = load_head()
    exact = truth_of(recordings_4d, clips[0])
    poses = exact["world_from_head"]
    assert np.allclose(poses[:, :, :3] @ poses[:, :, :3].transpose(0, 2, 1), np.eye(3))
    bridge = list(head.landmarks).index(head.landmarks[27])
    turned = np.einsum("nji,nj->ni", poses[:, :, :3], exact["landmarks"][:, bridge] - poses[:, :, 3])
    assert np.ptp(turned, axis=0).max() < 0.5  # in the head's own frame the bridge of the nose hardly moves


def test_vertices_are_those_of_the_head_but_for_noise_spikes_and_debris(recordings_4d, clips):
    ids, _ = seen_surface()
    exact = truth_of(recordings_4d, clips[0])
    landmarks = load_head().landmarks
    for k, one in enumerate(scans_of_clip(clips[0], recordings_4d)):
        mesh = read_mesh(one.mesh)
        known = np.flatnonzero(np.isin(landmarks, ids))
        places = np.searchsorted(ids, landmarks[known])
        apart = np.linalg.norm(mesh.vertices[places] - exact["landmarks"][k, known], axis=1)
        spikes = exact["spike_vertex"][exact["spike_frame"] == k]
        assert apart[~np.isin(places, spikes)].max() < 0.3
        assert np.linalg.norm(read_landmarks(one.landmarks) - exact["landmarks"][k], axis=1).max() < 0.3


def test_the_second_camera_measures_the_surface(recordings_4d, clips):
    """At the nose, in a frame that both cameras take: its depth is that of the mesh's landmark."""
    for clip in clips:
        exact = truth_of(recordings_4d, clip)["landmarks"][0]
        (x, y), z = (value[30] for value in seen_by(recordings_4d, "rgb, depth", exact))
        path = recordings_4d / "depth_micro" / clip.subject / clip.video / "img_00001.png"
        depth = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        patch = depth[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2]
        assert abs(np.median(patch[patch > 0]) - z) < 3


def test_the_second_camera_shows_the_landmarks_where_it_is_said_to_stand(recordings_4d, clips):
    """Found by dlib in the first colour frame, up to half a grey frame after the mesh; the jaw is where dlib likes."""
    detector = FaceDetector(FaceSettings())
    exact = truth_of(recordings_4d, clips[0])["landmarks"][0]
    image, _ = seen_by(recordings_4d, "rgb, depth", exact)
    picture = read_color(recordings_4d / "rgb_micro" / clips[0].subject / clips[0].video / "img_00001.jpg")
    found = detector.landmarks(picture, detector.detect(picture))
    assert np.linalg.norm(found - image, axis=1)[17:].mean() < 2
    grey, _ = seen_by(recordings_4d, "gray", exact)
    assert np.linalg.norm(found - grey, axis=1)[17:].mean() > 20  # the cameras differ


def test_what_is_missing_is_told(copied):
    lost = copied / "mesh_micro/S01/002_01_1"
    (lost / "00003.ply").unlink()
    (lost / "00004.lm3").unlink()
    shutil.rmtree(copied / "rgb_micro/S01/001_01_1")
    first, second = read_fourdme("d", settings_4d(copied)).clips
    n = second.offset - second.onset + 1
    assert f"{n - 1} meshes where {n} grey frames ask for {n}" in second.notes
    assert f"{n - 1} 3D landmarks where {n} grey frames ask for {n}" in second.notes
    assert "0 colour frames where" in first.notes
    message = rf"expected 3D landmarks of each of the {n - 1} meshes, found none of frame 4, and 1 missing in all"
    with pytest.raises(BadClipError, match=message):
        scans_of_clip(second, copied)


def test_two_meshes_of_one_frame_are_told(copied):
    shutil.copy(copied / "mesh_micro/S01/002_01_1/00003.ply", copied / "mesh_micro/S01/002_01_1/3.ply")
    clip = read_fourdme("d", settings_4d(copied)).clips[1]
    assert "expected one file of number 3, found 00003.ply and 3.ply" in clip.notes
    assert clip.meshes == ""


def test_a_release_without_other_cameras_has_no_notes_of_them(copied):
    for name in ("mesh_micro", "rgb_micro", "depth_micro"):
        shutil.rmtree(copied / name)
    index = read_fourdme("d", settings_4d(copied))
    assert [clip.meshes for clip in index.clips] == ["", ""]
    assert not any("camera" in note for note in index.notes)
    with pytest.raises(BadClipError, match="expected meshes of the clip, found none in the index"):
        scans_of_clip(index.clips[0], copied)


def test_another_place_is_a_line_of_the_settings(copied):
    (copied / "mesh_micro").rename(copied / "4D")
    told = settings_4d(copied, meshes="4D/{subject}/{clip}/*", textures="4D/{grey}/*", landmarks="4D/{grey}/*")
    clip = read_fourdme("d", told).clips[0]
    assert len(scans_of_clip(clip, copied)) == clip.offset - clip.onset + 1


def test_names_of_clips_stand_for_themselves(copied):
    for folder in ("mesh_micro", "gray_micro"):
        (copied / folder / "S01/002_01_1").rename(copied / folder / "S01/2[1]")
    (copied / "mesh_micro/S01/2[1]/00003.ply").rename(copied / "mesh_micro/S01/2[1]_00003.ply")
    clip = read_fourdme("d", settings_4d(copied)).clips[0]
    named = replace(clip, video="2[1]", color="gray_micro/S01/2[1]")
    told = settings_4d(copied, textures="mesh_micro/{subject}/{clip}_*")
    (found,) = with_scans(Index((named,), ()), copied, told).clips
    assert len(files_of_clip(found, copied)["meshes"]) == len(list((copied / "mesh_micro/S01/2[1]").glob("*.ply")))
    assert found.textures == "mesh_micro/S01/2[[]1]_*"


@pytest.mark.parametrize("pattern", ["/abs/*", "../x/*", "{film}/*", "*/x"])
def test_a_pattern_that_cannot_be_is_refused(tmp_path, pattern):
    with pytest.raises(ConfigError, match="meshes: expected a pattern below the root with"):
        settings_4d(tmp_path, meshes=pattern)


def test_a_changed_mesh_or_texture_makes_stale_what_is_made_of_it(copied):
    clip = read_fourdme("d", settings_4d(copied)).clips[0]
    hashes = [annotated_frame_hashes([clip], copied, roles=())]
    for name in ("00002.obj", "00002.jpg", "00002.lm3", "00002.mtl"):
        path = copied / "mesh_micro/S01/001_01_1" / name
        path.write_bytes(path.read_bytes() + b"\n")
        hashes.append(annotated_frame_hashes([clip], copied, roles=()))
    assert len({tuple(one.items()) for one in hashes}) == 5


def test_a_changed_texture_or_material_that_a_mesh_names_by_another_name_makes_stale_too(copied):
    """No pattern finds ``skin.jpg``; the mesh names it, so it is read."""
    folder = copied / "mesh_micro/S01/001_01_1"
    (folder / "00002.jpg").rename(folder / "skin.jpg")
    (folder / "00002.mtl").write_text((folder / "00002.mtl").read_text().replace("00002.jpg", "skin.jpg"))
    (folder / "00003.mtl").rename(folder / "face.mtl")
    mesh = folder / "00003.obj"
    mesh.write_bytes(mesh.read_bytes().replace(b"mtllib 00003.mtl", b"mtllib face.mtl"))
    assert read_mesh(folder / "00002.obj").texture == "skin.jpg"
    assert read_mesh(mesh).texture == "00003.jpg"
    clip = read_fourdme("d", settings_4d(copied)).clips[0]
    hashes = [annotated_frame_hashes([clip], copied, roles=())]
    for name in ("skin.jpg", "face.mtl"):
        (folder / name).write_bytes((folder / name).read_bytes() + b"\n")
        hashes.append(annotated_frame_hashes([clip], copied, roles=()))
    assert len({tuple(one.items()) for one in hashes}) == 3
