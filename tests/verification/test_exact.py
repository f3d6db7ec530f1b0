import numpy as np
import pytest

from merflow.artefacts import ShardWriter, open_shard
from merflow.errors import ArtefactError
from merflow.verification.exact import back_projection_difference, region_disagreements, selection_disagreements

CLIP = "s_a_1"
K = 16


@pytest.fixture
def shards(tmp_path, landmarks):
    """Faces, clouds and regions of one clip, made without the stages: points on a grid, motion at random."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:120, 0:120]
    pixel = np.column_stack([x.ravel(), y.ravel()])
    depth = rng.integers(600, 700, (2, 120, 120)).astype(np.float32)
    depth[:, :5] = np.nan
    z = np.nan_to_num(depth[1], nan=650).ravel() / 1000
    xyz = np.column_stack([(pixel[:, 0] - 60) * z / 100, (pixel[:, 1] - 60) * z / 100, z])
    clouds = {"xyz": xyz, "motion": rng.normal(size=(len(pixel), 3)), "pixel": pixel}
    image = np.zeros((2, 120, 120, 3), np.uint8)
    faces = {
        "aligned_color": image, "native_depth": depth,
        "landmarks": np.stack([landmarks, landmarks]), "aligned_from_image": np.eye(2, 3),
    }  # fmt: skip
    attrs = {
        "frames": [1, 2], "roles": ["onset", "apex"], "native_origin": [0, 0], "native_size": [120, 120],
        "image_size": [120, 120], "score": 1.0,
        "faces_found": 1, "notes": "",
    }  # fmt: skip
    names = {"variant": "v", "dataset": "d", "subject": "s", "code": "", "inputs": {}}
    with ShardWriter(tmp_path / "faces.h5", kind="faces", params={}, **names) as shard:
        shard.add(CLIP, faces, attrs)
    with ShardWriter(tmp_path / "clouds.h5", kind="clouds", params={}, **names) as shard:
        shard.add(CLIP, clouds, {"camera": [100.0, 100.0, 60.0, 60.0]})

    def regions(index, selection="sort"):
        parts = {
            "points": np.zeros((8, K, 6)), "normalised": np.zeros((8, K, 3)), "aligned_xy": np.zeros((8, K, 2)),
            "index": index, "count": np.full(8, 100), "divisor": np.ones((2, 2)),
        }  # fmt: skip
        params = {"symmetric": False, "brow_height": 0.25, "selection": selection, "rank_on": "raw"}
        with ShardWriter(tmp_path / "regions.h5", kind="regions", params=params, **names) as shard:
            shard.add(CLIP, parts, {"aligned_size": 120})
        return tmp_path / "regions.h5"

    with open_shard(tmp_path / "faces.h5", kind="faces") as f, open_shard(tmp_path / "clouds.h5", kind="clouds") as c:
        yield f, c, regions


@pytest.fixture
def landmarks():
    from merflow.stages.regions.face_regions import PRINTED

    angle = np.linspace(0, 2 * np.pi, 68, endpoint=False)
    points = np.column_stack([60 + 45.3 * np.cos(angle), 60 + 45.3 * np.sin(angle)]).astype(np.float32)
    assert len(PRINTED) == 8
    return points


def test_back_projection_agrees_with_open3d(shards):
    pytest.importorskip("open3d")
    assert back_projection_difference(shards[0], shards[1], CLIP) < 1e-6


def test_regions_agree_with_matplotlib_and_a_wrong_test_is_seen(shards, monkeypatch):
    faces, clouds, write = shards
    with open_shard(write(np.zeros((8, K), int)), kind="regions") as regions:
        assert region_disagreements(faces, clouds, regions, CLIP) == 0
        import merflow.verification.exact as module

        right = module.region_members
        monkeypatch.setattr(module, "region_members", lambda pixel, polygons: right(pixel + 0.4, polygons))
        assert region_disagreements(faces, clouds, regions, CLIP) > 0


def test_a_selection_that_is_not_the_largest_is_seen(shards):
    faces, clouds, write = shards
    from merflow.stages.regions.face_regions import region_members, region_polygons

    length = np.linalg.norm(clouds.read(CLIP, "motion").astype(float), axis=1)
    members = region_members(
        clouds.read(CLIP, "pixel").astype(float), region_polygons(faces.read(CLIP, "landmarks")[1])
    )
    best = np.stack([rows[np.argsort(-length[rows], kind="stable")][:K] for rows in members])
    with open_shard(write(best), kind="regions") as regions:
        assert selection_disagreements(faces, clouds, regions, CLIP) == 0
    best[3, :2] = best[3, 1::-1]
    with open_shard(write(best), kind="regions") as regions:
        assert selection_disagreements(faces, clouds, regions, CLIP) == 2


def test_a_variant_that_does_not_sort_is_refused(shards):
    faces, clouds, write = shards
    with (
        open_shard(write(np.zeros((8, K), int), selection="random"), kind="regions") as regions,
        pytest.raises(ArtefactError, match="another variant"),
    ):
        selection_disagreements(faces, clouds, regions, CLIP)
