import numpy as np
import pytest

from merflow.artefacts import Examples, read_examples, write_examples
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


def test_same_bytes(tmp_path):
    assert write(tmp_path / "1.h5").read_bytes() == write(tmp_path / "2.h5").read_bytes()


def test_refuses_examples_of_another_experiment(tmp_path):
    with pytest.raises(ArtefactError, match="expected experiment 'f', but found 'e'"):
        read_examples(write(tmp_path / "examples.h5"), experiment="f")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": np.array([0, 1])}, "one length"),
        ({"dims": ("clip",)}, "axes are named"),
        ({"x": np.full((3, 8), np.nan, np.float32)}, "not finite"),
    ],
)
def test_refuses_inconsistent_columns(change, message):
    with pytest.raises(ValueError, match=message):
        examples(**change)
