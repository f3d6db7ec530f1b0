"""Projections of depth frames against the exact head, and what is hidden against Open3D's ray casting."""

from types import SimpleNamespace

import numpy as np
import open3d as o3d
import pytest

from merflow.artefacts import ShardWriter, open_shard
from merflow.datasets.intrinsics import Intrinsics
from merflow.errors import ConfigError
from merflow.meshes.orthographic import project
from merflow.stages.clouds.back_projection import Camera as Pinhole
from merflow.stages.meshes.cropping import clamped_to_outline, in_face, in_outline
from merflow.stages.meshes.settings import MeshSettings
from merflow.stages.meshes.straightening import moved
from merflow.stages.projections.face_sheet import sheet_of
from merflow.stages.projections.picture import draw_projections
from merflow.stages.projections.pictures import pictures_of
from merflow.stages.projections.quality import QUALITY
from merflow.stages.projections.registration import registered
from merflow.stages.projections.rgbd import FaceMesh, depth_picture, landmarks_in_space, straightened
from merflow.stages.projections.rgbd_settings import RgbdSettings
from merflow.stages.projections.settings import ProjectionSettings
from merflow.stages.projections.stage import make_projections_of_faces
from merflow.synthesis.camera import Camera
from merflow.synthesis.head import load_head
from merflow.synthesis.pose import Pose
from merflow.synthesis.rasterise import rasterise
from merflow.synthesis.scanning import seen_surface

CAMERA = Camera(f=700.0, cx=199.5, cy=179.5, width=400, height=360)
POSES = (Pose(20.0, -5.0, 3.0, 10.0, 20.0, 650.0), Pose(21.5, -4.0, 2.5, 12.0, 19.0, 653.0))
SETTINGS = ProjectionSettings(size_px=128, rgbd=RgbdSettings(focal_px=CAMERA.f, cx_px=CAMERA.cx, cy_px=CAMERA.cy))
PINHOLE = Pinhole(CAMERA.f, CAMERA.f, CAMERA.cx, CAMERA.cy)


def rigid_of(pose, head):
    """Return the matrix (3, 4) from the camera to the head, which is the frontal mean face."""
    corners = pose.to_camera(np.vstack([np.zeros((1, 3)), np.eye(3)]), head.pivot)
    turn, shift = (corners[1:] - corners[0]), corners[0]  # rows: where the axes of the head lie
    return np.column_stack([turn, -turn @ shift])


@pytest.fixture(scope="module")
def head():
    return load_head()


@pytest.fixture(scope="module")
def filmed(head):
    """Exact depth (h, w) and landmarks (68, 2) of both poses."""
    found = []
    for pose in POSES:
        vertices = pose.to_camera(head.mean, head.pivot)
        depth = rasterise(vertices, head.triangles, CAMERA).depth
        found.append((np.where(np.isfinite(depth), depth, np.nan), CAMERA.project(vertices[head.landmarks])))
    return found


@pytest.fixture(scope="module")
def seen(head, filmed):
    """What the views show of the first pose."""
    picture = depth_picture(*filmed[0], PINHOLE, origin=(0, 0), sd_px=0.0)
    sheet = sheet_of(picture, rigid_of(POSES[0], head), head.mean[head.landmarks], SETTINGS.rgbd)
    return pictures_of(FaceMesh(sheet.vertices, sheet.triangles, None, None), SETTINGS, curtain=sheet.curtain)


@pytest.fixture(scope="module")
def exact(head):
    """The exact surface in each view: its depth, whether rays of the first pose's camera reach it, and whether not.

    What they reach at an angle of more than 75 degrees is in neither mask.
    """
    ids, triangles = seen_surface()
    kept = in_face(head.mean[ids], triangles, head.mean[head.landmarks], MeshSettings())
    triangles = triangles[kept[triangles].all(axis=1)]
    vertices = POSES[0].to_camera(head.mean, head.pivot)
    scene = o3d.t.geometry.RaycastingScene(nthreads=1)
    scene.add_triangles(vertices.astype(np.float32), head.triangles.astype(np.uint32))
    found = []
    for view in SETTINGS.views():
        there = project(head.mean[ids], triangles, view)
        face = there.triangle >= 0
        corners = vertices[ids][triangles[there.triangle[face]]]
        points = np.einsum("nk,nkd->nd", there.weights[face], corners)
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        distance = np.linalg.norm(points, axis=1)
        facing = np.abs((normals * points).sum(axis=1)) / (np.linalg.norm(normals, axis=1) * distance)
        rays = np.concatenate([np.zeros_like(points), points / distance[:, None]], axis=1).astype(np.float32)
        behind = np.full(face.shape, np.nan)
        behind[face] = distance - scene.cast_rays(o3d.core.Tensor(rays), nthreads=1)["t_hit"].numpy()
        reached = behind < 0.2
        reached[face] &= facing > np.cos(np.radians(75))
        found.append((there.z, reached, behind > 1.0))
    return found


def test_what_is_seen_has_the_depth_of_the_exact_surface(seen, exact):
    for depth, (there, _, _) in zip(seen.depth, exact, strict=True):
        off = np.abs(depth - there)[np.isfinite(depth) & np.isfinite(there)]
        assert len(off) > 2000
        assert np.median(off) < 0.01
        assert np.percentile(off, 95) < 0.1


def test_what_the_camera_could_not_see_is_hidden_and_is_no_background(seen, exact):
    """The far cheek of a head turned by 20 degrees: 99 % of what rays do not reach is hidden, 98 % of the rest seen."""
    for depth, hidden, (there, visible, occluded) in zip(seen.depth, seen.hidden, exact, strict=True):
        face, measured = np.isfinite(there), np.isfinite(depth)
        assert not (hidden & measured).any()
        assert (face & ~measured & ~hidden).sum() < 0.002 * face.sum()
        assert measured[visible].mean() > 0.98
        if occluded.sum() > 50:
            assert hidden[occluded].mean() > 0.99
        assert not hidden[:4].any()
        assert not hidden[:, :8].any()
    assert [int(one.sum() > 50) for _, _, one in exact] == [1, 1, 0]
    assert seen.hidden[0].sum() > 1.5 * seen.hidden[2].sum()


def test_hidden_pixels_are_missing_in_all_domains(seen):
    assert not seen.enhanced[seen.hidden].any()
    assert np.isnan(seen.depth[seen.hidden]).all()


def test_a_hole_in_the_face_is_hidden(head, filmed):
    depth, landmarks = filmed[0][0].copy(), filmed[0][1]
    x, y = np.rint(landmarks[33]).astype(int) - [25, 0]
    depth[y : y + 8, x : x + 8] = np.nan
    picture = depth_picture(depth, landmarks, PINHOLE, origin=(0, 0), sd_px=1.0)
    sheet = sheet_of(picture, rigid_of(POSES[0], head), head.mean[head.landmarks], SETTINGS.rgbd)
    curtain = {tuple(pixel) for pixel in sheet.pixels[sheet.triangles[sheet.curtain].ravel()].astype(int)}
    assert {(x + 4, y + 4), (x, y)} <= curtain
    assert (x + 16, y + 4) not in curtain


def test_the_outline_holds_what_is_moved_to_it(head):
    places = np.random.default_rng(0).uniform(-120, 120, (300, 2))
    outline = {"brow_extension": 0.25, "margin_mm": 2.0}
    landmarks = head.mean[head.landmarks]
    inside = in_outline(places, landmarks, **outline)
    clamped = clamped_to_outline(places, landmarks, **outline)
    assert in_outline(clamped, landmarks, brow_extension=0.25, margin_mm=2.001).all()
    far = np.linalg.norm(clamped - places, axis=1)
    assert far[inside].max() < 0.5  # a corner of the outline is round here
    assert (far[~inside] > 0).all()


def test_the_surface_tells_how_the_head_has_moved(head, filmed):
    """Of exact depth, and with what an expression moves: a fifth of the face is 2 mm nearer in the second frame."""
    first, second = filmed
    bulge = second[0] - 2.0 * (np.arange(CAMERA.height)[:, None] > second[1][51, 1])
    truth = rigid_of(POSES[1], head)
    start = rigid_of(POSES[0], head)
    pictures = [
        depth_picture(depth, points, PINHOLE, origin=(0, 0), sd_px=1.0)
        for depth, points in ((first[0], first[1]), (bulge, second[1]))
    ]
    found = registered(pictures, np.stack([first[1], second[1]]))[1]
    points = POSES[1].to_camera(head.mean[head.landmarks], head.pivot)
    off = moved(moved(points, found), start) - moved(points, truth)
    assert np.linalg.norm(off, axis=1).max() < 0.3
    unmoved = moved(points, start) - moved(points, truth)
    assert np.linalg.norm(unmoved, axis=1).min() > 1.5


@pytest.mark.parametrize("fit", ["surface", "landmarks"])
def test_frames_are_laid_on_the_first_one_and_it_on_the_mean_face(head, filmed, fit):
    """The depth of a landmark is that of a patch, which on the side of the nose is 1 mm off."""
    pictures = [depth_picture(*one, PINHOLE, origin=(0, 0), sd_px=0.0) for one in filmed]
    placed = np.stack([points for _, points in filmed])
    in_space = np.stack([landmarks_in_space(one, points) for one, points in zip(pictures, placed, strict=True)])
    for matrix, pose in zip(straightened(pictures, placed, in_space, fit), POSES, strict=True):
        there = moved(pose.to_camera(head.mean[head.landmarks], head.pivot), matrix)
        assert np.linalg.norm(there - head.mean[head.landmarks], axis=1)[17:].mean() < 0.6


@pytest.fixture(scope="module")
def faces(filmed, tmp_path_factory):
    """A faces shard of two frames with depth."""
    path = tmp_path_factory.mktemp("rgbd") / "faces.h5"
    columns = np.broadcast_to(np.arange(CAMERA.width, dtype=np.float32) / 2, (CAMERA.height, CAMERA.width))
    side = CAMERA.width
    color = np.zeros((2, side, side, 3), dtype=np.uint8)
    color[:, : CAMERA.height] = columns[None, ..., None].astype(np.uint8)
    arrays = {
        "aligned_color": color,
        "native_depth": np.stack([depth for depth, _ in filmed]).astype(np.float32),
        "landmarks": np.stack([points for _, points in filmed]).astype(np.float32),
        "aligned_from_image": np.eye(2, 3),
    }
    attrs = {
        "frames": [7, 9], "roles": ["onset", "apex"], "native_origin": [0, 0], "score": 1.0, "faces_found": 1,
        "native_size": [CAMERA.width, CAMERA.height], "image_size": [CAMERA.width, CAMERA.height], "notes": "as told",
    }  # fmt: skip
    with ShardWriter(path, kind="faces", variant="v", dataset="d", subject="s", params={}, code="", inputs={}) as shard:
        shard.add("a", arrays, attrs)
        shard.add("flat", {name: value for name, value in arrays.items() if name != "native_depth"}, attrs)
    return path


def made(faces, path, settings, camera=""):
    clips = [SimpleNamespace(id=name, fps=30.0, apex=9, camera=camera) for name in ("a", "flat")]
    names = {"kind": "projections", "variant": "v", "dataset": "d", "subject": "s"}
    with open_shard(faces, kind="faces") as source, ShardWriter(path, **names, params={}, code="", inputs={}) as shard:
        make_projections_of_faces(source, clips, settings, shard=shard)
    return path


def test_a_shard_holds_what_is_hidden_and_the_colours_of_the_frame(faces, tmp_path):
    with open_shard(made(faces, tmp_path / "p.h5", SETTINGS), kind="projections") as shard:
        assert list(shard.clips) == ["a"]
        assert "expected a depth map" in shard.exclusions[0]["reason"]
        attrs, hidden, depth = shard.attrs("a"), shard.read("a", "hidden"), shard.read("a", "depth")
        assert (list(attrs["frames"]), int(attrs["apex"]), float(attrs["fps"])) == ([7, 9], 1, 15.0)
        assert attrs["notes"] == "as told"
        assert hidden.shape == depth.shape == (6, 128, 128)
        assert 0.02 < hidden.mean() < 0.2
        texture, middle = shard.read("a", "texture")[1, 64], np.isfinite(depth[1, 64])
        assert (np.diff(texture[middle, 0].astype(int)) >= 0).all()  # the ramp of the picture, to the right as there
        change = (depth[4] - depth[1])[np.isfinite(depth[4] - depth[1])]
        assert np.median(np.abs(change)) < 0.1  # the head has moved, its surface has not
        told = QUALITY.measure(shard, SimpleNamespace(id="a"), {})
        assert told["view_hidden"] == pytest.approx(hidden.mean(axis=(1, 2)).max())
        figure = draw_projections(shard, "a", {})
    assert f"Sand: hidden from the camera, up to {100 * told['view_hidden']:.0f} %" in figure.texts[1].get_text()
    sand = [image for axes in figure.axes for image in axes.images if image.get_array().shape == (128, 128, 4)]
    overlays = [image.get_array() for image in sand if (image.get_array()[..., 3] == 255).mean() < 0.3]
    assert (overlays[0][..., 3] == 255).sum() == hidden[0].sum()


def test_the_camera_of_the_clip_counts_before_that_of_the_settings(faces, tmp_path):
    wrong = ProjectionSettings(size_px=128, rgbd=RgbdSettings(focal_px=2 * CAMERA.f))
    own = Intrinsics(fx=CAMERA.f, fy=CAMERA.f, cx=CAMERA.cx, cy=CAMERA.cy).text
    paths = [made(faces, tmp_path / "a.h5", SETTINGS), made(faces, tmp_path / "b.h5", wrong, camera=own)]
    depths = []
    for path in paths:
        with open_shard(path, kind="projections") as shard:
            depths.append(shard.read("a", "depth"))
    np.testing.assert_array_equal(*depths)


def test_another_camera_is_told_with_the_setting(faces, tmp_path):
    wrong = ProjectionSettings(size_px=64, rgbd=RgbdSettings(focal_px=2 * CAMERA.f))
    with open_shard(made(faces, tmp_path / "p.h5", wrong), kind="projections") as shard:
        assert not shard.clips
        reasons = {row["clip"]: row["reason"] for row in shard.exclusions}
        assert "projections.rgbd.focal_px 1400" in reasons["a"]


@pytest.mark.parametrize(
    "wrong",
    [{"focal_px": 0.0}, {"fit": "icp"}, {"sd_px": -1.0}, {"steepest": 90.0}, {"eye_distance_mm": (85.0, 34.0)}],
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ConfigError, match=f"projections.rgbd.{next(iter(wrong))}: expected"):
        RgbdSettings(**wrong)
