"""What other programs are told: pictures by the image specification of HDF5, axes by its dimension scales."""

import h5py
import numpy as np
import pytest
from tests.artefacts.test_examples_file import examples

from merflow.artefacts import KINDS, ShardWriter, open_shard, read_examples, seal, write_examples
from merflow.artefacts.viewers import scale_names
from merflow.errors import ArtefactError

IDENTITY = {"variant": "v", "dataset": "d", "subject": "s", "params": {}, "code": "", "inputs": {}}
FACES = {
    "aligned_color": np.zeros((2, 8, 8, 3), np.uint8),
    "native_depth": np.ones((2, 6, 5), np.float32),
    "landmarks": np.zeros((2, 68, 2), np.float32),
    "aligned_from_image": np.zeros((2, 3)),
}
FACE_ATTRS = {
    "frames": [3, 9], "roles": ["onset", "apex"], "native_origin": [0, 0], "native_size": [5, 6],
    "image_size": [50, 60], "score": 1.0, "faces_found": 1, "notes": "",
}  # fmt: skip
GRAPH = {
    "landmarks": np.zeros((3, 68, 2)), "position": np.zeros((3, 4, 2)), "node": np.array([0, 1, 66, 67]),
    "neighbour": np.array([1, 0, 3, 2]), "edge_index": np.array([[0, 11], [11, 0]]),
}  # fmt: skip
GRAPH_ATTRS = {
    "frames": [3, 7, 11], "roles": ["onset", "apex", "offset"], "notes": "", "aligned_size": 8, "interocular_px": 4.0,
}  # fmt: skip
CLOUD = {"xyz": np.zeros((4, 3)), "motion": np.zeros((4, 3)), "pixel": np.zeros((4, 2), np.int16)}


def write(path, kind, arrays, attrs):
    with ShardWriter(path, kind=kind, **IDENTITY) as shard:
        shard.add("c", arrays, attrs)
    return path


def axes_of(node):
    """Return the names of the scales of an array, as HDF5's own interface gives them."""
    return [axis[0].name.rpartition("/")[2] for axis in node.dims]


@pytest.fixture
def faces(tmp_path):
    return write(tmp_path / "s.h5", "faces", FACES, FACE_ATTRS)


def test_every_axis_of_every_array_has_a_scale_of_its_name_and_length(faces):
    with h5py.File(faces) as file:
        clip = file["clips/c"]
        for name, field in KINDS["faces"].fields.items():
            assert axes_of(clip[name]) == list(field.dims)
            assert [axis[0].size for axis in clip[name].dims] == list(clip[name].shape)
        assert all(clip[name].is_scale for name in set(clip) - set(FACES))


SPECIFIED = {"CLASS": b"IMAGE", "IMAGE_VERSION": b"1.2", "DISPLAY_ORIGIN": b"UL"}
TRUE_COLOUR = {"IMAGE_SUBCLASS": b"IMAGE_TRUECOLOR", "INTERLACE_MODE": b"INTERLACE_PIXEL"}


def said(node):
    """Return the attributes of an array that are those of the image specification, each of fixed length."""
    found = {name: value for name, value in node.attrs.items() if name in {*SPECIFIED, *TRUE_COLOUR}}
    assert all(isinstance(value, np.bytes_) for value in found.values())
    return found


def test_pictures_are_marked_by_the_specification_and_a_map_of_depth_is_not(faces, tmp_path):
    with h5py.File(faces) as file:
        assert said(file["clips/c/aligned_color"]) == SPECIFIED
        assert said(file["clips/c/native_depth"]) == {}
    onset = {"onset_color": np.zeros((8, 8, 3), np.uint8), "difference": np.zeros((1, 8, 8, 3), np.int16)}
    attrs = {"apex": 1, "n_frames": 2, "recorded": [3, 9], "fps": 30.0, "notes": ""}
    with h5py.File(write(tmp_path / "q.h5", "sequences", onset | {"position": np.array([3.0, 9.0])}, attrs)) as file:
        assert said(file["clips/c/onset_color"]) == SPECIFIED | TRUE_COLOUR  # one picture, height and width first
        assert said(file["clips/c/difference"]) == {}


def test_an_array_along_the_axis_of_its_name_is_the_scale_itself(tmp_path):
    with h5py.File(write(tmp_path / "s.h5", "graphs", GRAPH, GRAPH_ATTRS)) as file:
        assert axes_of(file["clips/c/position"]) == ["frame", "node", "xy"]
        assert file["clips/c/neighbour"].dims[0][0] == file["clips/c/node"]
        assert file["clips/c/node"][()].tolist() == [0, 1, 66, 67]


def test_a_scale_beside_an_array_of_its_name_has_another(tmp_path):
    with h5py.File(write(tmp_path / "s.h5", "clouds", CLOUD, {"camera": [1.0, 1.0, 0, 0]})) as file:
        assert axes_of(file["clips/c/xyz"]) == ["point", "xyz_axis"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_scale_of_any_kind_takes_the_name_of_another_array(kind):
    dims = KINDS[kind].dims
    names = scale_names(dims)
    assert len(set(names.values())) == len(names)
    assert all(dims.get(name, (axis,)) == (axis,) for axis, name in names.items())


def test_scales_are_no_arrays_of_the_clip(faces):
    with open_shard(faces, kind="faces") as shard:
        assert shard.fields("c") == sorted(FACES)
        assert not shard.has("c", "rgb")
        assert set(shard.describe("c", "aligned_color")) == {"shape", "dtype", "dims", "units", "description"}
        with pytest.raises(ArtefactError, match=r"c has no 'rgb'; it has \['aligned_color'"):
            shard.read("c", "rgb")


def test_a_clip_without_an_optional_array_has_no_axes_of_it(tmp_path):
    arrays = {name: array for name, array in FACES.items() if name != "native_depth"}
    with h5py.File(write(tmp_path / "s.h5", "faces", arrays, FACE_ATTRS)) as file:
        assert "native_y" not in file["clips/c"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda clip: clip.pop("rgb"), "expected 3 places along rgb, found none"),
        (lambda clip: (clip.pop("rgb"), clip.create_dataset("rgb", (4,), "f4")), "3 places along rgb, found others"),
        (lambda clip: (clip.pop("rgb"), clip.create_group("rgb")), "3 places along rgb, found others"),
    ],
)
def test_a_scale_that_is_not_as_declared_is_refused(faces, change, found):
    with h5py.File(faces, "a") as file:
        change(file["clips/c"])
    seal(faces)
    with pytest.raises(ArtefactError, match=found), open_shard(faces, kind="faces"):
        pass


def test_examples_have_scales_and_pictures_too(tmp_path):
    x = np.zeros((3, 4, 4, 3), np.uint8)
    path = tmp_path / "examples.h5"
    given = examples(x=x, dims=("clip", "aligned_y", "aligned_x", "rgb"))
    write_examples(given, path, dataset="d", experiment="e", params={}, code="", inputs={})
    with h5py.File(path) as file:
        assert axes_of(file["x"]) == ["clip", "aligned_y", "aligned_x", "rgb"]
        assert file["x"].attrs["CLASS"] == b"IMAGE"
        assert file["label"].dims[0][0].asstr()[()].tolist() == given.clip.tolist()
        assert axes_of(file["copies"])[0] == "copy"
    assert read_examples(path).dims == given.dims


def test_the_same_clips_give_the_same_bytes(tmp_path):
    first, second = (write(tmp_path / name, "faces", FACES, FACE_ATTRS) for name in ("a.h5", "b.h5"))
    assert first.read_bytes() == second.read_bytes()
