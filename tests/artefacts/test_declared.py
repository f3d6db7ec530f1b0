"""Files that are sealed anew may still be forged: readers hold them against what is declared, and never trace back."""

import json
import random

import h5py
import numpy as np
import pytest
from tests.artefacts.conftest import FLOW_CLIP
from tests.artefacts.test_examples_file import write

from merflow.artefacts import KINDS, ShardWriter, open_shard, read_examples, seal
from merflow.artefacts.declared import _ATTRIBUTES
from merflow.artefacts.declared_examples import ARRAYS, ATTRIBUTES
from merflow.errors import ArtefactError

CLIP = f"clips/{FLOW_CLIP}"


def test_every_attribute_of_a_schema_has_a_type():
    assert {name for kind in KINDS.values() for name in kind.attrs} == set(_ATTRIBUTES)


def read_all(path):
    with open_shard(path, kind="flow") as shard:
        return {(clip, field): shard.read(clip, field) for clip in shard.clips for field in shard.fields(clip)}


def forged(path, change):
    with h5py.File(path, "a") as file:
        change(file)
    seal(path)
    return path


def replace(name, values, **options):
    def change(file):
        del file[name]
        file.create_dataset(name, data=values, **options)

    return change


def delete(name):
    def change(file):
        del file[name]

    return change


def group(name):
    def change(file):
        del file[name]
        file.create_group(name)

    return change


def attribute(name, value, node=""):
    def change(file):
        (file[node] if node else file).attrs[name] = value

    return change


FLOW = np.ones((2, 32, 32), np.float32)
SHARDS = {
    "a field less": (delete(f"{CLIP}/flow"), "expected the fields expression_flow, flow, head_motion"),
    "a field more": (lambda file: file[CLIP].create_dataset("extra", data=[1]), "found ['expression_flow', 'extra'"),
    "an attribute more": (attribute("notes", "", CLIP), "expected the attributes"),
    "a group for an array": (group(f"{CLIP}/flow"), "found a group flow"),
    "an array for a clip": (replace(CLIP, FLOW), "expected a group, found an array"),
    "another type": (replace(f"{CLIP}/flow", FLOW.astype("f2")), "flow of type float32, found float16"),
    "whole numbers": (replace(f"{CLIP}/flow", FLOW.astype("i2")), "flow of type float32, found int16"),
    "axes": (replace(f"{CLIP}/flow", FLOW[0]), "the axes uv, aligned_y, aligned_x, found the shape (32, 32)"),
    "a fixed size": (replace(f"{CLIP}/flow", FLOW[[0, 1, 1]]), "flow of 2 along uv, found the shape (3, 32, 32)"),
    "unlike another field": (replace(f"{CLIP}/flow", FLOW[:, :8]), "along aligned_y, found the shape"),
    "a name": (lambda file: file.move(CLIP, "clips/a\nb"), "characters that cannot be printed"),
    "no clips": (replace("clips", FLOW), "expected a group, found an array at /clips"),
    "no number": (replace(f"{CLIP}/flow", np.where(FLOW > 0, np.nan, FLOW).astype("f4")), "2048 that are not in flow"),
    "endless": (replace(f"{CLIP}/head_motion", np.full((2, 3), np.inf)), "6 that are not in head_motion"),
}


@pytest.mark.parametrize("how", SHARDS)
def test_a_forged_shard_is_refused(tmp_path, write_flow, how):
    change, found = SHARDS[how]
    path = forged(write_flow(tmp_path / "a.h5"), change)
    with pytest.raises(ArtefactError) as caught:
        read_all(path)
    assert found in str(caught.value)
    assert str(caught.value).endswith(f"Rebuild: snakemake --cores all --force {path}")


def shard_of(path, kind, arrays, attrs):
    """Write a shard of one clip `a` of a kind, whose values its writer does not look at."""
    with ShardWriter(path, kind=kind, variant="v", dataset="d", subject="s", params={}, code="", inputs={}) as shard:
        shard.add("a", arrays, attrs)
    return path


FRAMES = {"frames": [3, 7, 11], "roles": ["onset", "apex", "offset"], "notes": ""}
GRAPH = {
    "landmarks": np.zeros((3, 68, 2)), "position": np.zeros((3, 4, 2)), "node": np.array([0, 1, 66, 67]),
    "neighbour": np.array([1, 0, 3, 2]), "edge_index": np.array([[0, 11], [11, 0]]),
}  # fmt: skip
REGIONS = {
    "points": np.zeros((8, 5, 6)), "normalised": np.zeros((8, 5, 3)), "aligned_xy": np.zeros((8, 5, 2)),
    "index": np.zeros((8, 5)), "count": np.ones(8), "divisor": np.ones((2, 2)),
}  # fmt: skip
CLOUD = {"xyz": np.zeros((2, 3)), "motion": np.zeros((2, 3)), "pixel": np.zeros((2, 2))}
KINDS_WITH_INDICES = {
    "graphs": (GRAPH, FRAMES | {"aligned_size": 256, "interocular_px": 80.0}),
    "regions": (REGIONS, {"aligned_size": 256}),
    "clouds": (CLOUD, {"camera": [1.0, 1.0, 0, 0]}),
}
INDICES = {
    "node beyond": ("graphs", "node", [0, 1, 66, 68], "indices of landmark below 68, found 0 to 68 in node of a"),
    "node before": ("graphs", "node", [0, 1, 66, -1], "found -1 to 66"),
    "neighbour beyond": ("graphs", "neighbour", [1, 0, 3, 4], "indices of node below 4, found 0 to 4"),
    "edge beyond": ("graphs", "edge_index", [[0, 12], [11, 0]], "indices of frame and node below 12, found 0 to 12"),
    "edge before": ("graphs", "edge_index", [[0, 1], [-2, 0]], "found -2 to 1"),
    "row before the first": ("regions", "index", np.full((8, 5), -1), "values of 0 or more, found -1 to -1"),
    "an empty region": ("regions", "count", np.arange(8), "values of 1 or more, found 0 to 7"),
    "a pixel before the first": ("clouds", "pixel", [[0, -1], [4, 4]], "values of 0 or more, found -1 to 4"),
}


@pytest.mark.parametrize("how", INDICES)
def test_an_index_of_nothing_is_refused(tmp_path, how):
    kind, field, values, found = INDICES[how]
    arrays, attrs = KINDS_WITH_INDICES[kind]
    with open_shard(shard_of(tmp_path / "whole.h5", kind, arrays, attrs), kind=kind) as shard:
        for name in arrays:
            shard.read("a", name)
    path = shard_of(tmp_path / "a.h5", kind, {**arrays, field: np.asarray(values)}, attrs)
    with open_shard(path, kind=kind) as shard, pytest.raises(ArtefactError) as caught:
        shard.read("a", field)
    assert found in str(caught.value)
    assert str(caught.value).endswith(f"Rebuild: snakemake --cores all --force {path}")


def test_every_field_that_indexes_an_axis_names_axes_of_its_kind():
    for schema in KINDS.values():
        dims = {dim for field in schema.fields.values() for dim in field.dims}
        for field in schema.fields.values():
            assert set(field.index_of) <= dims
            assert not (field.index_of and np.dtype(field.dtype).kind == "f")


def sequence(path, *, frames=5, nodes=4, **attrs):
    arrays = {
        "onset_color": np.zeros((2, 2, 3)), "difference": np.zeros((nodes, 2, 2, 3)), "position": np.arange(frames),
    }  # fmt: skip
    given = {"apex": 2, "n_frames": 4, "recorded": [1, 2], "fps": 30.0, "notes": ""} | attrs
    return shard_of(path, "sequences", arrays, given)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"apex": 4}, "an apex among the 4 frames of the clip, found 4"),
        ({"apex": -1}, "found -1"),
        ({"n_frames": 6}, "2 to 5 frames in the attribute n_frames, found 6"),
        ({"n_frames": 1}, "found 1"),
        ({"nodes": 5}, "4 differences of 5 frames, found 5"),
    ],
)
def test_a_sequence_whose_marks_are_outside_it_is_refused(tmp_path, changed, found):
    with open_shard(sequence(tmp_path / "whole.h5"), kind="sequences") as shard:
        assert shard.clips == ["a"]
    with (
        pytest.raises(ArtefactError, match=found),
        open_shard(sequence(tmp_path / "a.h5", **changed), kind="sequences"),
    ):
        pass


def full(path):
    """Write examples that have everything: units, edges, copies, apex_and_length."""
    rows = np.arange(8, dtype=np.float32)
    return write(
        path, aus=np.array([[1, 0], [0, 0], [1, 1]], np.uint8), aus_known=np.array([True, False, True]),
        au_numbers=(1, 4), edges=((0, 1),), copies=rows[None] + 1, copy_of=np.array([1]),
        apex_and_length=np.array([[1, 5]] * 3), input={"nodes": "coordinates"}, dims=("clip", "node"),
    )  # fmt: skip


EXAMPLES = {
    "label beyond the classes": (replace("label", np.array([0, 2, 0])), "labels from 0 to 1, found 0 to 2"),
    "label below 0": (replace("label", np.array([0, -1, 0])), "found -1 to 0"),
    "copies of no row": (replace("copy_of", np.array([3])), "copies must be of rows 0 to 2"),
    "an apex after the clip": (replace("apex_and_length", np.array([[5, 5]] * 3)), "an apex among the frames"),
    "more frames than there are": (
        replace("apex_and_length", np.array([[1, 9]] * 3)),
        "at most 8 frames a clip, found 9",
    ),
    "an edge to no node": (attribute("edges", "[[0,1],[2,8]]"), "edges among 8 nodes, found [[2, 8]]"),
    "an edge from before the first": (attribute("edges", "[[-1,0]]"), "edges among 8 nodes, found [[-1, 0]]"),
    "edges of no graph": (attribute("dims", ["clip", "feature"], "x"), "edges among 0 nodes"),
    "an axis without a name": (attribute("dims", ["clip"], "x"), "the names of 2 axes"),
    "half a unit": (replace("aus", np.full((3, 2), 2, np.uint8)), "expected 0 and 1, found other values at /aus"),
    "units that are not known": (attribute("au_numbers", np.array([1])), "uint8 of shape (3, 1)"),
    "two clips of a name": (replace("clip", ["a", "a", "b"], dtype=h5py.string_dtype()), "each clip once"),
    "another expression": (replace("expression", ["mega"] * 3, dtype=h5py.string_dtype()), "found 'mega'"),
    "rows of another type": (replace("x", np.zeros((3, 8))), "rows of float32 or uint8, found float64"),
    "rows that are endless": (replace("x", np.full((3, 8), np.inf, np.float32)), "at /x|not finite|dims"),
    "no classes": (attribute("classes", "[]"), "the names of classes"),
    "classes twice": (attribute("classes", '["a","a"]'), "each once"),
    "classes that are none": (attribute("classes", "{"), "expected the content of a merflow file"),
    "edges that are none": (attribute("edges", "[[0]]"), "expected pairs of nodes"),
    "a number for a text": (attribute("label_set", 3), "in the attribute label_set"),
    "a list for settings": (attribute("input", "[1]"), "expected texts by name"),
}


@pytest.mark.parametrize("how", EXAMPLES)
def test_forged_examples_are_refused(tmp_path, how):
    change, found = EXAMPLES[how]
    path = forged(full(tmp_path / "examples.h5"), change)
    with pytest.raises(ArtefactError) as caught:
        read_examples(path)
    assert any(part in str(caught.value) for part in found.split("|"))
    assert str(caught.value).endswith(f"Rebuild: snakemake --cores all --force {path}")


OTHERS = {
    "a group": group,
    "one number": lambda name: replace(name, 3),
    "one text": lambda name: replace(name, "a"),
    "nothing": lambda name: replace(name, np.zeros((0,))),
    "four axes": lambda name: replace(name, np.zeros((3, 1, 1, 1), np.float64)),
    "texts of another length": lambda name: replace(name, ["a"] * 7, dtype=h5py.string_dtype()),
    "bytes that are no text": lambda name: replace(name, np.array([b"\xff"] * 3, dtype="S1")),
}


@pytest.mark.parametrize("name", ARRAYS)
@pytest.mark.parametrize("how", OTHERS)
def test_no_array_of_another_make_traces_back(tmp_path, name, how):
    path = forged(full(tmp_path / "examples.h5"), OTHERS[how](name))
    with pytest.raises(ArtefactError, match=r"expected .*found"):
        read_examples(path)


@pytest.mark.parametrize("name", ATTRIBUTES)
@pytest.mark.parametrize("value", ["", "null", "[[]]", "[0.5]", 3, 0.5, [0.5, 1.5], "[" * 3000, ["a", "b"]])
def test_no_attribute_of_another_make_traces_back(tmp_path, name, value):
    if name == "label_set" and isinstance(value, str):
        pytest.skip("any text may name a label set")
    path = forged(full(tmp_path / "examples.h5"), attribute(name, value))
    with pytest.raises(ArtefactError, match=r"expected .*found"):
        read_examples(path)


def test_damaged_examples_are_refused_before_hdf5_sees_them(tmp_path):
    path = full(tmp_path / "examples.h5")
    data, draw = path.read_bytes(), random.Random(0)
    for round_ in range(150):
        at = draw.randrange(len(data))
        flipped = data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]
        path.write_bytes([flipped, data[:at], data[:at] + bytes(50) + data[at + 50 :]][round_ % 3])
        if path.read_bytes() == data:
            continue
        with pytest.raises(ArtefactError):
            read_examples(path)


def test_what_is_declared_of_examples_is_what_is_written(tmp_path):
    with h5py.File(full(tmp_path / "examples.h5")) as file:
        assert {name for name, node in file.items() if "dims" in node.attrs} == set(ARRAYS)
        assert set(ATTRIBUTES) <= set(file.attrs)
        assert json.loads(file.attrs["classes"]) == ["negative", "positive"]


def test_free_space_of_no_bytes_does_not_stop_the_reader_for_ever(tmp_path, write_flow):
    """HDF5 itself never comes back from such a file: it is refused before."""
    path = write_flow(tmp_path / "a.h5")
    data = bytearray(path.read_bytes())
    at, size = data.index(b"GCOL\x01") + 16, 1
    while data[at : at + 2] != b"\0\0":
        size = int.from_bytes(data[at + 8 : at + 16], "little")
        at += 16 + (size + 7) // 8 * 8
    data[at + 8 : at + 16] = bytes(8)
    path.write_bytes(data)
    seal(path)
    with pytest.raises(ArtefactError, match="expected texts and free space up to the end of their place"):
        read_all(path)
