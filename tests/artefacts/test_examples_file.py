import h5py
import numpy as np
import pytest

from merflow.artefacts import Examples, read_examples, seal, write_examples
from merflow.errors import ArtefactError


def examples(**changes):
    values = {
        "x": np.arange(24, dtype=np.float32).reshape(3, 8),
        "label": np.array([0, 1, 0]),
        "subject": np.array(["006", "006", "7"]),
        "clip": np.array(["006_1_2", "006_1_9", "7_a_3"]),
        "expression": np.array(["micro"] * 3),
        "classes": ("negative", "positive"),
        "label_set": "emotion2",
        "dims": ("clip", "feature"),
    }
    return Examples(**values | changes)


def write(path, **changes):
    write_examples(
        examples(**changes), path, dataset="demo", experiment="e", params={}, code="c", inputs={"regions": "0" * 64}
    )
    return path


def test_round_trip(tmp_path):
    found = read_examples(write(tmp_path / "examples.h5"), dataset="demo", experiment="e")
    for name in ("x", "label", "subject", "clip", "expression"):
        np.testing.assert_array_equal(getattr(found, name), getattr(examples(), name))
    assert (found.classes, found.label_set, found.dims) == (("negative", "positive"), "emotion2", ("clip", "feature"))


def test_units_edges_and_copies_come_back(tmp_path):
    extra = {
        "aus": np.array([[1, 0], [0, 0], [1, 1]], dtype=np.uint8),
        "aus_known": np.array([True, False, True]),
        "au_numbers": (4, 12),
        "edges": ((0, 1), (1, 2)),
        "copies": np.ones((2, 8), dtype=np.float32),
        "copy_of": np.array([2, 2]),
        "dims": ("clip", "node"),
    }
    found = read_examples(write(tmp_path / "examples.h5", **extra))
    for name in ("aus", "aus_known", "copies", "copy_of"):
        np.testing.assert_array_equal(getattr(found, name), extra[name])
        assert getattr(found, name).dtype == extra[name].dtype
    assert (found.au_numbers, found.edges) == (extra["au_numbers"], extra["edges"])


def test_what_gives_the_numbers_their_unit_comes_back(tmp_path):
    assert read_examples(write(tmp_path / "a.h5", input={"nodes": "coordinates"})).input == {"nodes": "coordinates"}
    assert read_examples(write(tmp_path / "b.h5")).input == {}


def test_examples_of_an_earlier_version_are_refused(tmp_path):
    path = write(tmp_path / "examples.h5")
    with h5py.File(path, "a") as file:
        del file.attrs["input"]
    seal(path)
    message = r"examples.h5: expected the arrays .* input is missing, since another merflow wrote the file. Rebuild: "
    with pytest.raises(ArtefactError, match=message):
        read_examples(path)


def test_what_nothing_is_known_of_is_empty(tmp_path):
    found = read_examples(write(tmp_path / "examples.h5"))
    assert found.aus.shape == (3, 0)
    assert found.aus_known.tolist() == [False] * 3
    assert found.copies.shape == (0, 8)
    assert (found.au_numbers, found.edges, len(found.copy_of)) == ((), (), 0)


def test_pictures_stay_whole_grey_levels(tmp_path):
    picture = np.arange(3 * 4 * 4 * 3, dtype=np.uint8).reshape(3, 4, 4, 3)
    path = write(tmp_path / "examples.h5", x=picture, dims=("clip", "y", "x", "rgb"))
    assert read_examples(path).x.dtype == np.uint8
    np.testing.assert_array_equal(read_examples(path).x, picture)


def test_same_bytes(tmp_path):
    assert write(tmp_path / "1.h5").read_bytes() == write(tmp_path / "2.h5").read_bytes()


def test_a_file_from_before_the_mask_is_refused_and_names_what_it_lacks(tmp_path):
    path = write(tmp_path / "examples.h5", aus=np.ones((3, 1), np.uint8), aus_known=np.ones(3, bool), au_numbers=(4,))
    with h5py.File(path, "r+") as file:
        del file["aus_known"]
    seal(path)
    with pytest.raises(ArtefactError, match=r"expected the arrays x, .*: aus_known is missing, .*Rebuild: snakemake"):
        read_examples(path)


def test_refuses_examples_of_another_experiment(tmp_path):
    with pytest.raises(ArtefactError, match="expected experiment 'f', but found 'e'"):
        read_examples(write(tmp_path / "examples.h5"), experiment="f")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": np.array([0, 1])}, "one length"),
        ({"dims": ("clip",)}, "axes are named"),
        ({"x": np.full((3, 8), np.nan, np.float32)}, "not finite"),
        (
            {"aus": np.zeros((3, 1), np.uint8), "aus_known": np.ones(3, bool), "au_numbers": (4, 12)},
            "aus has 1 columns, but 2 action units",
        ),
        ({"aus": np.zeros((3, 2), np.uint8), "au_numbers": (4, 12)}, "one length"),
        (
            {"aus": np.ones((3, 1), np.uint8), "aus_known": np.array([True, False, True]), "au_numbers": (4,)},
            "not known must have none in aus",
        ),
        ({"copies": np.zeros((2, 7), np.float32), "copy_of": np.array([0, 1])}, "2 copies of x"),
        ({"copies": np.zeros((1, 8), np.float32), "copy_of": np.array([3])}, "rows 0 to 2"),
        (
            {"copies": np.ones((2, 8), np.float32), "copy_of": np.array([0, 1]), "copy_digest": np.array(["a"])},
            "2 copies cannot have 1 digests",
        ),
    ],
)
def test_refuses_inconsistent_columns(change, message):
    with pytest.raises(ValueError, match=message):
        examples(**change)


def in_file(file, name, values):
    """Put other values into the place of an array, its attributes kept."""
    attributes = dict(file[name].attrs)
    del file[name]
    file.create_dataset(name, data=values).attrs.update(attributes)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.array([[0, 2], [1, 0], [0, 0]], dtype=np.uint8), "expected 0 and 1, found 2 at /label"),
        (
            np.zeros((3, 3), dtype=np.uint8),
            r"expected uint8 of shape \(3, 2\), found uint8 of shape \(3, 3\) at /label",
        ),
        (np.zeros((3, 2), dtype=np.int64), r"expected uint8 of shape \(3, 2\), found int64"),
        (np.zeros((2, 2), dtype=np.uint8), r"found uint8 of shape \(2, 2\) at /label"),
    ],
)
def test_labels_that_are_told_one_by_one_are_0_or_1_for_each_clip_and_label(tmp_path, labels, message):
    shown = np.array([[1, 0], [0, 0], [1, 1]], dtype=np.uint8)
    path = write(tmp_path / "examples.h5", label=shown)
    np.testing.assert_array_equal(read_examples(path).label, shown)
    with h5py.File(path, "r+") as file:
        in_file(file, "label", labels)
    seal(path)
    with pytest.raises(ArtefactError, match=message):
        read_examples(path)


def test_the_folds_of_an_annotation_come_back_and_must_be_texts(tmp_path):
    path = write(tmp_path / "examples.h5", fold=np.array(["1", "1", "2"]))
    assert read_examples(path).fold.tolist() == ["1", "1", "2"]
    with h5py.File(path, "r+") as file:
        in_file(file, "fold", np.zeros(3))
    seal(path)
    with pytest.raises(ArtefactError, match=r"expected texts of shape \(3,\), found float64 of shape \(3,\) at /fold"):
        read_examples(path)
