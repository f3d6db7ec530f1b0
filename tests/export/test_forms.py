"""Each form of a stage, read back by a library or a reader that merflow did not write it with."""

import csv
from dataclasses import replace
from fractions import Fraction

import av
import cv2
import numpy as np
import open3d as o3d
import pandas as pd
import pytest
from tests.export.conftest import CLIPS, faces_of, flow_of, shards_of, write_dataset

from merflow.artefacts import Shard, open_shard
from merflow.datasets.clip_table import read_clips, write_clips
from merflow.datasets.reading.videos import VideoFrames
from merflow.errors import ConfigError
from merflow.export.exporting import export_clips
from merflow.export.forms import EXAMPLES, forms
from merflow.meshes.files import read_mesh
from merflow.stages import STAGES
from merflow.stages.sequences.frames import sequence_frames

CLIP = "spNO.2_b_10"
FILE = "spNO.2/spNO.2_b_10"


def stored(demo, kind, field):
    """Return an array of a clip as the shard has it."""
    with open_shard(demo / f"artefacts/{kind}/default/spNO.2.h5", kind=kind) as shard:
        assert isinstance(shard, Shard)
        return shard.read(CLIP, field)


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_each_form_has_a_name_of_its_own_and_all_are_declared_by_a_stage():
    declared = sum(len(__import__(f"merflow.stages.{kind}.export", fromlist=["x"]).EXPORTS)
                   for kind, stage in STAGES.items() if stage.exports)  # fmt: skip
    assert len(forms()) == declared >= 12
    assert EXAMPLES not in forms()


def test_opencv_reads_the_flow_that_the_artefact_holds(demo, tmp_path):
    report = export_clips("flow_flo", demo, tmp_path / "flo")
    assert report.clips == len(list((tmp_path / "flo").rglob("*.flo"))) == len(CLIPS)
    found = cv2.readOpticalFlow(str(tmp_path / f"flo/{FILE}.flo"))
    np.testing.assert_array_equal(np.moveaxis(found, -1, 0), stored(demo, "flow", "expression_flow"))
    np.testing.assert_allclose(np.moveaxis(found, -1, 0), flow_of(CLIP), atol=2**-9)
    export_clips("flow_flo", demo, tmp_path / "total", {"motion": "total"}, clips=[CLIP])
    total = cv2.readOpticalFlow(str(tmp_path / f"total/{FILE}.flo"))
    np.testing.assert_array_equal(np.moveaxis(total, -1, 0), stored(demo, "flow", "flow"))
    assert [path.name for path in (tmp_path / "total").rglob("*.flo")] == [f"{CLIP}.flo"]


def test_colours_of_flow_have_one_scale(demo, tmp_path):
    export_clips("flow_png", demo, tmp_path / "out", {"range_px": 50.0})
    picture = cv2.imread(str(tmp_path / f"out/{FILE}.png"))[..., ::-1].astype(int)
    v = stored(demo, "flow", "expression_flow")[1]
    assert (picture[0, 0] >= 254).all()  # nothing moves in the corner: white
    y, x = np.unravel_index(np.argmin(v), v.shape)
    np.testing.assert_allclose(255 - picture[y, x].min(), 255 * np.hypot(*flow_of(CLIP)[:, y, x]) / 50, atol=2)


def test_faces_as_pictures_have_the_pixels_and_numbers_of_their_frames(demo, tmp_path):
    export_clips("faces_png", demo, tmp_path / "out")
    rows = [row for row in rows_of(tmp_path / "out/frames.csv") if row["clip"] == CLIP]
    assert [(row["frame"], row["role"]) for row in rows] == [("10", "onset"), ("16", "apex")]
    for row, face in zip(rows, faces_of(CLIP)["aligned_color"], strict=True):
        np.testing.assert_array_equal(cv2.imread(str(tmp_path / "out" / row["file"]))[..., ::-1], face)


def decoded(path):
    """Return the frames of a video as FFmpeg decodes them, and the times at which they are shown, s."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return np.stack([frame.to_ndarray(format="rgb24") for frame in frames]), [
        frame.pts * frame.time_base for frame in frames
    ]


def test_faces_as_videos_lose_nothing_and_keep_the_times(demo, tmp_path):
    export_clips("faces_mp4", demo, tmp_path / "out", clips=[CLIP])
    path = tmp_path / f"out/{FILE}.mp4"
    frames, times = decoded(path)
    np.testing.assert_array_equal(frames, faces_of(CLIP)["aligned_color"])
    assert times == [0, Fraction(6, 30)]
    np.testing.assert_array_equal(VideoFrames(path).read(1).rgb, frames[1])
    assert [row["index"] for row in rows_of(tmp_path / "out/frames.csv")] == ["0", "1"]


def test_whole_clips_as_videos_and_pictures(demo, tmp_path):
    export_clips("sequences_mp4", demo, tmp_path / "video", clips=[CLIP])
    export_clips("sequences_png", demo, tmp_path / "pictures", clips=[CLIP])
    arrays, attrs = shards_of(CLIP)["sequences"]
    expected = sequence_frames(arrays["onset_color"], arrays["difference"])[: attrs["n_frames"]]
    frames, times = decoded(tmp_path / f"video/{FILE}.mp4")
    np.testing.assert_array_equal(frames, expected)
    assert times == [Fraction(int(position) - 10, 30) for position in arrays["position"][:5]]
    rows = rows_of(tmp_path / "pictures/frames.csv")
    assert [row["role"] for row in rows] == ["onset", "", "apex", "", "offset"]
    for row, frame in zip(rows, expected, strict=True):
        np.testing.assert_array_equal(cv2.imread(str(tmp_path / "pictures" / row["file"]))[..., ::-1], frame)


def test_landmarks_read_back_equal_and_lie_on_the_aligned_face(demo, tmp_path):
    export_clips("landmarks_csv", demo, tmp_path / "out")
    table = pd.read_csv(tmp_path / "out/landmarks.csv")
    assert len(table) == 2 * len(CLIPS)
    apex = table[(table["clip"] == CLIP) & (table["role"] == "apex")].iloc[0]
    xy = np.array([[apex[f"x_{k}"], apex[f"y_{k}"]] for k in range(68)], dtype=np.float32)
    np.testing.assert_array_equal(xy, stored(demo, "faces", "landmarks")[1])
    scale, origin = 128 / 150, (40, 30)  # of the fixture: aligned = scale * (image - origin)
    aligned = [[apex[f"aligned_x_{k}"], apex[f"aligned_y_{k}"]] for k in range(68)]
    np.testing.assert_allclose(aligned, scale * (xy - origin), atol=1e-4)


@pytest.mark.parametrize(("form", "kind"), [("lbp_top_csv", "lbp_top"), ("hoof_csv", "hoof")])
def test_features_of_a_clip_are_a_row_with_its_labels(demo, tmp_path, form, kind):
    export_clips(form, demo, tmp_path / "out")
    table = pd.read_csv(tmp_path / "out/features.csv", keep_default_na=False)
    assert list(table["clip"]) == list(CLIPS)
    assert list(table["emotion"]) == list(CLIPS.values())
    row, histogram = table[table["clip"] == CLIP].iloc[0], stored(demo, kind, "histogram")
    np.testing.assert_array_equal(row.iloc[8:].to_numpy(dtype=np.float32), histogram.ravel())
    if kind == "lbp_top":
        assert np.float32(row["row1.column0.plane2.pattern3"]) == histogram[1, 0, 2, 3]


def test_features_tell_kinds_of_expression_and_several_emotions(tmp_path):
    own = write_dataset(tmp_path, ["hoof"])
    first, second, *rest = read_clips(own / "clips.csv")
    (own / "clips.csv").unlink()
    changed = [replace(first, expression="macro"), replace(second, emotion="", emotions="anger+surprise")]
    write_clips([*changed, *rest], own / "clips.csv")
    export_clips("hoof_csv", own, tmp_path / "out")
    table = pd.read_csv(tmp_path / "out/features.csv", keep_default_na=False)
    assert list(table["expression"]) == ["macro", *["micro"] * 5]
    assert list(table["emotions"]) == ["", "anger+surprise", "", "", "", ""]


def test_open3d_reads_the_points_of_a_cloud(demo, tmp_path):
    export_clips("clouds_ply", demo, tmp_path / "out", clips=[CLIP])
    path = tmp_path / f"out/{FILE}.ply"
    points = np.asarray(o3d.io.read_point_cloud(str(path)).points)
    np.testing.assert_array_equal(points.astype(np.float32), stored(demo, "clouds", "xyz"))
    tensor = o3d.t.io.read_point_cloud(str(path))  # Open3D's other reader keeps the columns that it does not know
    np.testing.assert_array_equal(tensor.point["dz"].numpy().ravel(), stored(demo, "clouds", "motion")[:, 2])


def test_meshes_are_read_by_open3d_and_keep_the_numbers_of_their_vertices(demo, tmp_path):
    export_clips("meshes_ply", demo, tmp_path / "out", clips=[CLIP])
    rows = rows_of(tmp_path / "out/frames.csv")
    assert [(row["frame"], row["missing_vertices"]) for row in rows] == [("1", "0"), ("2", "1"), ("3", "0")]
    vertices, triangles = stored(demo, "meshes", "vertices").reshape(3, -1, 3), stored(demo, "meshes", "triangles")
    for row, expected, picture in zip(rows, vertices, stored(demo, "meshes", "texture"), strict=True):
        there = np.isfinite(expected).all(axis=1)
        surface = o3d.io.read_triangle_mesh(str(tmp_path / "out" / row["mesh"]))
        np.testing.assert_array_equal(np.asarray(surface.vertices)[there], expected[there].astype(np.float64))
        np.testing.assert_array_equal(np.asarray(surface.triangles), triangles[there[triangles].all(axis=1)])
        assert not np.asarray(surface.vertices)[~there].any()
        mesh = read_mesh(tmp_path / "out" / row["mesh"])
        np.testing.assert_array_equal(mesh.uv, stored(demo, "meshes", "uv"))
        assert row["texture"].endswith(mesh.texture)
        np.testing.assert_array_equal(cv2.imread(str(tmp_path / "out" / row["texture"]))[..., ::-1], picture)


def test_an_unknown_form_names_the_nearest(demo, tmp_path):
    with pytest.raises(ConfigError, match=r"Did you mean 'flow_flo'.*examples_npz"):
        export_clips("flow_fl", demo, tmp_path / "out")
