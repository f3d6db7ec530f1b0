import re
import struct
import zlib
from dataclasses import replace

import h5py
import numpy as np
import pytest

from merflow.artefacts import Examples, LazyRows, open_shard, read_examples, reader, write_examples
from merflow.artefacts.reader import open_artefact
from merflow.artefacts.seal import seal
from merflow.errors import ArtefactError
from merflow.inspection import describe_artefact
from merflow.untrusted import hdf5_structure as foreign
from merflow.untrusted.hdf5_chunks import inflates_beyond, zstd_size

CLIP = "clips/spNO.1_a_45"


def zeros(size):
    """Return a zlib stream of that many zeros, which takes a 230th of them."""
    stream = zlib.compressobj(1)
    return b"".join(stream.compress(bytes(min(2**20, size - at))) for at in range(0, size, 2**20)) + stream.flush()


def external_link(file):
    file[CLIP]["extra"] = h5py.ExternalLink("/etc/other.h5", "/x")


def soft_link(file):
    file["clips/elsewhere"] = h5py.SoftLink("/exclusions")


def external_storage(file):
    file[CLIP].create_dataset("extra", (4,), "u1", external=[("/etc/hostname", 0, 4)])


def virtual(file):
    layout = h5py.VirtualLayout((4,), "u1")
    layout[:] = h5py.VirtualSource("/etc/other.h5", "x", (4,))
    file[CLIP].create_virtual_dataset("extra", layout)


def object_references(file):
    file[CLIP].create_dataset("extra", data=[file.ref], dtype=h5py.ref_dtype)


def region_reference_in_an_attribute(file):
    flow = file[CLIP]["flow"]
    file[CLIP].attrs["extra"] = flow.regionref[0, :2, :2]


def named_type(file):
    file["clips/type"] = np.dtype("f4")


def records(file):
    file[CLIP].create_dataset("extra", data=np.zeros(2, [("a", "i4"), ("b", "f4")]))


def foreign_filter(file):
    file[CLIP].create_dataset("extra", data=np.arange(9), chunks=(9,), compression="lzf")


def gzip_in_gzip(file):
    plan = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk((9,))
    plan.set_deflate(9)
    plan.set_filter(h5py.h5z.FILTER_DEFLATE, 0, (9,))
    h5py.h5d.create(file[CLIP].id, b"extra", h5py.h5t.STD_U8LE, h5py.h5s.create_simple((9,)), plan)


def nothing_stored(file):
    file[CLIP].create_dataset("extra", (10**6, 10**6), "u1", chunks=(1000, 1000), compression="gzip")


def nothing_stored_uncompressed(file):
    file[CLIP].create_dataset("extra", (10**12,), "u1")


def too_well_compressed(file):
    node = file[CLIP].create_dataset("extra", (2**29,), "u1", chunks=(2**27,), compression="gzip")
    stream = zeros(2**27)
    for start in range(0, 2**29, 2**27):
        node.id.write_direct_chunk((start,), stream)


def huge_chunk_of_a_small_array(file):
    file[CLIP].create_dataset("extra", (9,), "u1", chunks=(2**30,), maxshape=(None,))


def more_stored_than_claimed(file):
    node = file[CLIP].create_dataset("extra", (100,), "u1", chunks=(100,), compression="gzip")
    node.id.write_direct_chunk((0,), zeros(2**26))


def chunk_that_inflates_to_more(file):
    node = file[CLIP].create_dataset("extra", (2**20,), "u1", chunks=(2**20,), compression="gzip")
    node.id.write_direct_chunk((0,), zeros(2**26))


def zstd_frame_of_another_size(file):
    import hdf5plugin

    node = file[CLIP].create_dataset("extra", (100,), "u1", chunks=(100,), **hdf5plugin.Zstd())
    node.id.write_direct_chunk((0,), b"\x28\xb5\x2f\xfd\xe0" + (2**40).to_bytes(8, "little") + bytes(8))


def zstd_frame_with_a_dictionary(file):
    import hdf5plugin

    node = file[CLIP].create_dataset("extra", (100,), "u1", chunks=(100,), **hdf5plugin.Zstd())
    head = b"\x28\xb5\x2f\xfd\xe3" + (7).to_bytes(4, "little")  # 4 bytes of a dictionary's number, then the size
    node.id.write_direct_chunk((0,), head + (2**40).to_bytes(8, "little") + bytes(8))


def large_attribute(file):
    file[CLIP].attrs.create("extra", np.zeros(2**21, "u1"))


def attribute_with_a_long_name(file):
    file[CLIP].attrs.create("extra" * 5000, np.zeros(2**21, "u1"))


def scales_that_are_places_in_arrays(file):
    kind = h5py.h5t.vlen_create(h5py.h5t.STD_REF_DSETREG)
    h5py.h5a.create(file[CLIP]["flow"].id, b"REFERENCE_LIST", kind, h5py.h5s.create_simple((1,)))


def scales_of_a_group(file):
    kind = h5py.h5t.vlen_create(h5py.h5t.STD_REF_OBJ)
    h5py.h5a.create(file[CLIP].id, b"DIMENSION_LIST", kind, h5py.h5s.create_simple((1,)))


def scales_with_more_than_scales(file):
    kind = h5py.h5t.py_create(
        np.dtype([("dataset", h5py.ref_dtype), ("dimension", "i4"), ("more", "i4")]), logical=True
    )
    del file[CLIP]["uv"].attrs["REFERENCE_LIST"]
    h5py.h5a.create(file[CLIP]["uv"].id, b"REFERENCE_LIST", kind, h5py.h5s.create_simple((1,)))


HOSTILE = {
    external_link: "a link to another file at /clips/spNO.1_a_45/extra",
    soft_link: "a soft link at /clips/elsewhere",
    external_storage: "an array that lies in another file at /clips/spNO.1_a_45/extra",
    virtual: "a virtual array, made of other files",
    object_references: "found object references",
    region_reference_in_an_attribute: "found object references in the attribute 'extra'",
    scales_that_are_places_in_arrays: "arrays of varying length in the attribute 'REFERENCE_LIST'",
    scales_of_a_group: "arrays of varying length in the attribute 'DIMENSION_LIST'",
    scales_with_more_than_scales: "found records in the attribute 'REFERENCE_LIST'",
    named_type: "found a named type at /clips/type",
    records: "found records",
    foreign_filter: "each once at most, found number 32000",
    gzip_in_gzip: "each once at most, found gzip, gzip",
    nothing_stored: "claims 1000000000000 bytes of 0 stored",
    nothing_stored_uncompressed: "claims 1000000000000 bytes of",
    too_well_compressed: "claims 536870912 bytes of",
    huge_chunk_of_a_small_array: "expected chunks of at most 268435456 bytes, found one that claims 1073741824",
    more_stored_than_claimed: "expected chunks of at most 100 bytes, found one that stores 29",
    chunk_that_inflates_to_more: "found one that inflates to more",
    zstd_frame_of_another_size: "expected chunks of 100 bytes, found one that claims 1099511627776",
    zstd_frame_with_a_dictionary: "expected chunks of 100 bytes, found one that claims 1099511627776",
    large_attribute: "found a larger one in the attribute 'extra'",
    attribute_with_a_long_name: "found a larger one in the attribute 'extraextra",
}


@pytest.mark.parametrize(("make", "found"), HOSTILE.items(), ids=[make.__name__ for make in HOSTILE])
def test_a_hostile_shard_is_refused_before_it_is_read(tmp_path, write_flow, make, found):
    path = write_flow(tmp_path / "spNO.1.h5")
    with h5py.File(path, "a", libver="latest") as file:
        make(file)
    seal(path)
    with pytest.raises(ArtefactError, match=r"it may be hostile: nothing of it was read\. Rebuild: ") as caught:
        describe_artefact(path)
    assert found in str(caught.value)
    assert str(path) in str(caught.value)
    assert len(str(caught.value)) < 1000


def shared_text(path, *, entries, length):
    """Write a file with an attribute whose entries all name one text, which is there once."""
    with h5py.File(path, "w", libver="earliest") as file:
        file.attrs.create("roles", ["x" * length, *map(str, range(1, entries))], dtype=h5py.string_dtype())
    raw = bytearray(path.read_bytes())
    places = [found.start() for found in re.finditer(b"GCOL", raw)]
    start = min(raw.find(struct.pack("<IQ", length, place)) % 2**62 for place in places)
    raw[start : start + 16 * entries] = raw[start : start + 16] * entries
    path.write_bytes(raw)
    with h5py.File(path, "r") as file:
        few = file.attrs["roles"].tolist() if entries < 100 else []
    assert few == ["x" * length] * len(few)
    seal(path)
    return path


def test_texts_that_many_entries_share_are_counted_as_often(tmp_path):
    path = shared_text(tmp_path / "a.h5", entries=3000, length=60_000)
    assert path.stat().st_size < 300_000
    with pytest.raises(ArtefactError, match="texts take at most 134217728 bytes together, found 3000 texts, each of 6"):
        describe_artefact(path)
    with pytest.raises(ArtefactError, match="attribute format='merflow'"):
        describe_artefact(shared_text(tmp_path / "b.h5", entries=30, length=60_000))


def test_attributes_of_many_short_texts_are_no_bomb(tmp_path, write_flow):
    path = write_flow(tmp_path / "spNO.1.h5")
    roles = ["onset", *[""] * 2000, "apex"]
    with h5py.File(path, "a", libver="latest") as file:
        file[CLIP].create_dataset("extra", data=np.random.default_rng(0).random(2**17))
        file[CLIP].attrs["roles"] = roles
    seal(path)
    with open_artefact(path, {"kind": "flow"}) as opened:
        assert opened[CLIP].attrs["roles"].tolist() == roles


def test_what_hides_the_place_of_a_text_hides_nothing(tmp_path):
    path = shared_text(tmp_path / "a.h5", entries=3000, length=200_000)
    raw = path.read_bytes()
    start = raw.rindex(b"GCOL", 0, raw.index(b"x" * 1000))
    path.write_bytes(raw[: start - 8] + b"GCOL\x01\0\0\0" + raw[start:-81])
    seal(path)
    with pytest.raises(ArtefactError, match="found 3000 texts, each of 2000"):
        describe_artefact(path)


def test_lengths_of_another_size_are_refused(tmp_path):
    plan = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    plan.set_sizes(8, 4)
    h5py.h5f.create(bytes(tmp_path / "a.h5"), fcpl=plan).close()
    seal(tmp_path / "a.h5")
    with pytest.raises(ArtefactError, match=r"expected addresses and lengths of 8 bytes, found \(8, 4\)"):
        describe_artefact(tmp_path / "a.h5")


def test_messages_repeat_no_long_text_of_a_file(tmp_path, write_flow):
    path = write_flow(tmp_path / "spNO.1.h5", variant="v" * 50_000)
    with pytest.raises(ArtefactError, match=r"expected variant 'tvl1', but found 'vvv.*\.\.\..*vvv'") as caught:
        open_shard(path, kind="flow", variant="tvl1").__enter__()
    assert len(str(caught.value)) < 500


def test_a_version_that_is_no_number_is_refused(tmp_path, write_flow):
    path = write_flow(tmp_path / "spNO.1.h5")
    with h5py.File(path, "a") as file:
        file.attrs["format_version"] = "two" * 5000
    seal(path)
    with pytest.raises(ArtefactError, match=r"found another \(ValueError: invalid literal") as caught:
        describe_artefact(path)
    assert len(str(caught.value)) < 1000


def test_a_chunk_stored_without_zstd_says_no_size(tmp_path, write_flow):
    import hdf5plugin

    path = write_flow(tmp_path / "spNO.1.h5")
    values = np.arange(100, dtype="u1")
    with h5py.File(path, "a") as file:
        node = file[CLIP].create_dataset("extra", (100,), "u1", chunks=(100,), **hdf5plugin.Zstd())
        node.id.write_direct_chunk((0,), values.tobytes(), filter_mask=1)
    seal(path)
    with open_artefact(path, {"kind": "flow"}) as opened:
        np.testing.assert_array_equal(opened[CLIP]["extra"][()], values)


@pytest.mark.parametrize("compression", ["gzip", "zstd", "none"])
def test_what_merflow_writes_is_not_foreign(tmp_path, write_flow, flow_arrays, compression):
    blank = flow_arrays | {"flow": np.zeros((2, 400, 400), np.float32), "expression_flow": np.zeros((2, 400, 400))}
    path = write_flow(tmp_path / "a.h5", blank, compression=compression)
    with open_shard(path, kind="flow") as shard:
        assert not shard.read("spNO.1_a_45", "flow").any()


def test_content_before_the_file_is_refused(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w", userblock_size=512):
        pass
    seal(path)
    with pytest.raises(ArtefactError, match="found other content before it"):
        describe_artefact(path)


@pytest.mark.parametrize("part", ["clips", "exclusions/reason"])
def test_a_file_without_its_parts_is_refused(tmp_path, write_flow, part):
    path = write_flow(tmp_path / "spNO.1.h5")
    with h5py.File(path, "a") as file:
        del file[part]
    seal(path)
    with (
        pytest.raises(ArtefactError, match=r"found another \(KeyError.*Rebuild: "),
        open_shard(path, kind="flow"),
    ):
        pass


def test_settings_that_nest_without_end_are_refused(tmp_path, write_flow):
    path = write_flow(tmp_path / "spNO.1.h5")
    with h5py.File(path, "a") as file:
        file.attrs["params"] = "[" * 60_000
    seal(path)
    with pytest.raises(ArtefactError, match=r"found another \((RecursionError|JSONDecodeError)"):
        describe_artefact(path)


@pytest.fixture
def sequences(tmp_path):
    """Examples whose rows take more than the largest chunk that is not looked into."""
    x = np.random.default_rng(3).integers(0, 255, (2, 3, 300, 400), dtype=np.uint8)
    text = np.array(["a", "b"])
    examples = Examples(
        x=x,
        label=np.array([0, 1]),
        subject=text,
        clip=text,
        expression=np.array(["micro", "micro"]),
        classes=("p", "q"),
        label_set="two",
        dims=("clip", "frame", "y", "x"),
    )
    path = tmp_path / "examples.h5"
    write_examples(examples, path, dataset="demo", experiment="e", params={}, code="", inputs={})
    with h5py.File(path, "a") as file:
        attrs = dict(file["x"].attrs)
        del file["x"]
        node = file.create_dataset("x", data=x, chunks=(1, *x.shape[1:]), compression="gzip")
        node.attrs.update(attrs)
    seal(path)
    return path, x


def test_blank_rows_are_no_bomb_where_they_are_read_one_by_one(sequences, monkeypatch):
    path, x = sequences
    monkeypatch.setattr(foreign, "MAX_ARRAY_BYTES", x.nbytes - 1)
    monkeypatch.setattr(foreign, "MAX_BY_ROW_BYTES", x.nbytes)
    examples = read_examples(path)
    said = {"dataset": "demo", "experiment": "e", "params": {}, "code": "", "inputs": {}}
    for blank in (np.zeros_like(x), LazyRows(x.shape, x.dtype, lambda row: np.zeros_like(x[row]))):
        write_examples(replace(examples, x=blank), path, **said)
        assert not read_examples(path, in_memory_bytes=0).x[np.array([0, 1])].any()
    monkeypatch.setattr(foreign, "MAX_BY_ROW_BYTES", x.nbytes - 1)
    monkeypatch.setattr(reader, "_not_foreign", set())
    with pytest.raises(ArtefactError, match=f"found an array that claims {x.nbytes} bytes"):
        read_examples(path)
    before = path.read_bytes()
    with pytest.raises(ArtefactError, match=r"expected content that merflow reads again, but.* at /x\. "):
        write_examples(replace(examples, x=np.zeros_like(x)), path, **said)
    assert path.read_bytes() == before


def with_a_bomb(path):
    with h5py.File(path, "a") as file:
        file["x"].id.write_direct_chunk((1, 0, 0, 0), zeros(2**26))
    seal(path)


def test_rows_of_large_examples_are_looked_into_when_they_are_read(sequences):
    path, x = sequences
    np.testing.assert_array_equal(read_examples(path, in_memory_bytes=0).x[np.array([1, 0, 1])], x[[1, 0, 1]])
    with_a_bomb(path)
    rows = read_examples(path, in_memory_bytes=0).x
    np.testing.assert_array_equal(rows[np.array([0])], x[:1])
    with pytest.raises(ArtefactError, match=r"found one that inflates to more at /x\. Rebuild: "):
        rows[np.array([1])]


def test_examples_that_are_read_at_once_are_looked_into_first(sequences):
    path, x = sequences
    np.testing.assert_array_equal(read_examples(path).x, x)
    with_a_bomb(path)
    with pytest.raises(ArtefactError, match=r"found one that inflates to more at /x\. Rebuild: "):
        read_examples(path)


@pytest.mark.parametrize("size", [0, 1, 2**20, 2**20 + 7])
def test_inflation_is_counted(size):
    stream = zlib.compress(np.random.default_rng(1).bytes(size))
    assert not inflates_beyond(stream, size)
    assert not inflates_beyond(stream + b"checksum", size)
    assert size == 0 or inflates_beyond(stream, size - 1)
    assert not inflates_beyond(b"no stream at all", size)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 300, 65535, 65536, 2**18, 2**24])
def test_size_of_a_zstd_frame(size, tmp_path):
    import hdf5plugin

    with h5py.File(tmp_path / "a.h5", "w") as file:
        node = file.create_dataset("x", (size or 1,), "u1", chunks=(size or 1,), **hdf5plugin.Zstd())
        node[:] = 7
        _, frame = node.id.read_direct_chunk((0,))
    assert zstd_size(bytes(frame)[:18]) == (size or 1)
    for code, width in enumerate((0, 1, 2, 4)):  # of a dictionary's number, which lies before the size
        named = bytes([*frame[:4], frame[4] | code, *(() if frame[4] & 32 else frame[5:6]), *[9] * width])
        assert zstd_size((named + bytes(frame)[5 + (not frame[4] & 32) :])[:18]) == (size or 1)
    assert zstd_size(bytes(frame)[:4]) is None
    assert zstd_size(b"no frame of zstd at all") is None
